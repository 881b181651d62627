"""Files named in what a person types: `What is this? @photo.jpg`.

Owns the `@file` notation; knows nothing of what is in the files.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from core.errors import InvalidInput

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
VIDEO_SUFFIXES = frozenset({".mp4", ".mkv", ".webm", ".mov", ".avi", ".m4v"})
AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a"})
MEDIA_SUFFIXES = IMAGE_SUFFIXES | VIDEO_SUFFIXES | AUDIO_SUFFIXES

ATTACHMENT = re.compile(r"""(?:^|(?<=\s))@(?:"(?P<quoted>[^"]+)"|(?P<plain>\S+))""")


def parse_line(line: str) -> dict[str, Any]:
    """The input state of a typed line: its words, and its attachments by kind.

    `@name` is an attachment when a file of that name exists or when it ends like a media
    file; anything else (`@maria`) stays part of the words. Quote names with spaces:
    `@"my photo.jpg"`.

    Raises: InvalidInput, for a file that is missing, of an unknown kind or one too many.
    """
    state: dict[str, Any] = {}
    words = ATTACHMENT.sub(lambda match: _attach(match, state), line)
    words = " ".join(words.split(" ")).strip()
    return {**state, "input": words} if words or not state else state


def _attach(match: re.Match[str], state: dict[str, Any]) -> str:
    name = match["quoted"] or match["plain"].rstrip(",;:?!)")
    rest = "" if match["quoted"] else match["plain"][len(name) :].strip(",;:")
    path = Path(name).expanduser()
    suffix = path.suffix.lower()
    if not path.is_file():
        if suffix not in MEDIA_SUFFIXES:
            return match[0]
        raise InvalidInput(f"There is no file {path}.", key=f"@{name}", hint="Check its name.")
    if suffix in IMAGE_SUFFIXES:
        state.setdefault("images", []).append(str(path))
    elif suffix in VIDEO_SUFFIXES:
        _only_one(state, "video_path", path)
    elif suffix in AUDIO_SUFFIXES:
        _only_one(state, "audio_input", path)
    else:
        raise InvalidInput(
            f"{path} is not an image, a video or a recording.",
            key=f"@{name}",
            hint=f"Known endings: {' '.join(sorted(MEDIA_SUFFIXES))}.",
        )
    return rest


def _only_one(state: dict[str, Any], key: str, path: Path) -> None:
    if key in state:
        raise InvalidInput(f"One file of this kind at a time; {path} is the second.", key=key)
    state[key] = str(path)
