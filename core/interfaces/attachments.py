"""Files named in what a person types: `What is this? @photo.jpg`.

Owns the `@file` notation, and paths as a terminal writes them when a file is dropped on it;
knows nothing of what is in the files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import InvalidInput

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
VIDEO_SUFFIXES = frozenset({".mp4", ".mkv", ".webm", ".mov", ".avi", ".m4v"})
AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a"})
MEDIA_SUFFIXES = IMAGE_SUFFIXES | VIDEO_SUFFIXES | AUDIO_SUFFIXES

_NAMED = re.compile(
    r"""
    (?: [ \t]+ | (?<![^\s(\[«¿¡"']) )        # only where a word begins
    (?: (?P<at>@) | (?=["']?(?:/|~/|file://)) )
    (?: (?P<quote>["']) (?P<quoted>.+?) (?P=quote)
      | (?P<plain> (?:\\.|\S)+ )             # with its spaces escaped, or without any
    )
    """,
    re.VERBOSE,
)
_SENTENCE_ENDS = ".,;:?!…)]»\"'"
_KEPT_ENDS = "?!)]»\"'"


def parse_line(line: str) -> dict[str, Any]:
    """The input state of a typed line: its words, and its attachments by kind.

    `@name` is an attachment when a file of that name exists or when it ends like a media
    file; anything else (`@maria`) stays part of the words. Names with spaces are quoted or
    escaped: `@"my photo.jpg"`, `@my\\ photo.jpg`. Without an `@`, the whole path of a media
    file that exists is an attachment too.

    Raises: InvalidInput, for a file that is missing, of an unknown kind or one too many,
        and for bytes that are no text.
    """
    if not _is_text(line):
        raise InvalidInput("What was typed is not UTF-8 text.", key="input")
    state: dict[str, Any] = {}
    words = _NAMED.sub(lambda match: _attached(match, state), line).strip()
    return {**state, "input": words} if words or not state else state


def joined(arguments: Sequence[str]) -> str:
    """The line that the words of a command line make, files among them quoted again."""
    return " ".join(map(_requoted, arguments))


def _requoted(argument: str) -> str:
    # The shell has removed the quotes of @"my photo.jpg".
    name = argument.removeprefix("@")
    if any(map(str.isspace, name)) and _is_file(_path(name)):
        return f'@"{name}"'
    return argument


def _is_text(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:  # bytes of the command line that Python could not decode
        return False
    return True


def _attached(match: re.Match[str], state: dict[str, Any]) -> str:
    """What stays of the words where a file is named: nothing, or all when it is none."""
    path, rest = _path_and_rest(match)
    if not match["at"]:
        if not _is_file(path) or _suffix(path) not in MEDIA_SUFFIXES:
            return match[0]
    elif not _is_file(path) and _suffix(path) not in MEDIA_SUFFIXES:
        return match[0]
    _attach(path, state)
    return rest


def _path_and_rest(match: re.Match[str]) -> tuple[str, str]:
    """The path meant, and what of the sentence's punctuation follows it."""
    if match["quoted"]:
        return _path(match["quoted"]), ""
    name = re.sub(r"\\(.)", r"\1", match["plain"])
    if _is_file(_path(name)):
        return _path(name), ""
    bare = name.rstrip(_SENTENCE_ENDS)
    return _path(bare), "".join(sign for sign in name[len(bare) :] if sign in _KEPT_ENDS)


def _path(name: str) -> str:
    if name.startswith("file://"):
        name = unquote(urlsplit(name).path)
    return os.path.expanduser(name)  # noqa: PTH111  Path.expanduser raises for ~nobody


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  Path.is_file raises for a name too long


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122


def _attach(path: str, state: dict[str, Any]) -> None:
    if "://" in path:
        raise InvalidInput(
            f"{path} is not on this machine, and nothing is fetched from the network.",
            key=path,
            hint="Save it first, then attach the file.",
        )
    if not _is_file(path):
        raise InvalidInput(f"There is no file {path}.", key=path, hint="Check its name.")
    suffix = _suffix(path)
    if suffix in IMAGE_SUFFIXES:
        state.setdefault("images", []).append(path)
    elif suffix in VIDEO_SUFFIXES:
        _only_one(state, "video_path", path)
    elif suffix in AUDIO_SUFFIXES:
        _only_one(state, "audio_input", path)
    else:
        raise InvalidInput(
            f"{path} is not an image, a video or a recording.",
            key=path,
            hint=f"Known endings: {' '.join(sorted(MEDIA_SUFFIXES))}.",
        )


def _only_one(state: dict[str, Any], key: str, path: str) -> None:
    if key in state:
        raise InvalidInput(f"One file of this kind at a time; {path} is the second.", key=key)
    state[key] = path
