"""Text to speech with espeak-ng, run as a program of its own.

Owns the call of espeak-ng; knows nothing of when something is said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Literal

from core.errors import SpeechUnavailable, StorageError
from core.state import Prosody, Variety
from core.voice.speakable import speakable

PROGRAM = "espeak-ng"
VOICES = {"es": "es", "en": "en-us"}
VOICE_OF_AMERICA = "es-419"
# Source: espeak-ng's own defaults: words per minute, pitch 0 to 99, amplitude 0 to 200.
RATE_WPM, PITCH, AMPLITUDE = 175, 50, 100
TIMEOUT_S = 60.0
_INSTALL_HINT = (
    "Install it (Debian: apt install espeak-ng, macOS: brew install espeak-ng) "
    "or set voice.speak to false."
)


def speak_to_file(
    text: str,
    language: Literal["es", "en"],
    target: Path,
    *,
    prosody: Prosody | None = None,
    variety: Variety = "neutral",
    timeout_s: float = TIMEOUT_S,
) -> Path:
    """Write `text`, read aloud, to the WAV file `target` and return its path.

    The file is mono, 16 bits, 22050 Hz, readable by its owner alone, and replaces an older
    one only when it is whole. The text is given through stdin, never as an argument.

    Args:
        prosody: factors of the voice's own rate, pitch and volume; None: plain.
        variety: of Spanish; those of America have a voice of their own.

    Raises:
        SpeechUnavailable: espeak-ng is missing, failed or took longer than `timeout_s`;
            or there is nothing to say (an answer of code alone).
        StorageError: `target` cannot be written.
    """
    spoken = speakable(text)
    if not spoken:
        raise SpeechUnavailable("There is nothing to say in this answer, which is only code.")
    program = shutil.which(PROGRAM)
    if program is None:
        raise SpeechUnavailable(f"{PROGRAM} is not installed.", hint=_INSTALL_HINT)
    draft = _draft_beside(target)
    try:
        voice = [program, "-v", _voice(language, variety), *_sound(prosody)]
        _run([*voice, "--stdin", "-w", str(draft)], spoken, timeout_s)
        _publish(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def _voice(language: Literal["es", "en"], variety: Variety) -> str:
    american = language == "es" and variety not in ("es-ES", "neutral")
    return VOICE_OF_AMERICA if american else VOICES[language]


def _sound(prosody: Prosody | None) -> list[str]:
    if prosody is None:
        return []
    factors = (prosody["rate"], prosody["pitch"], prosody["volume"])
    rate, pitch, volume = (
        round(usual * factor)
        for usual, factor in zip((RATE_WPM, PITCH, AMPLITUDE), factors, strict=True)
    )
    return ["-s", str(rate), "-p", str(min(pitch, 99)), "-a", str(min(volume, 200))]


def _draft_beside(target: Path) -> Path:
    """An empty file with mode 0600 in the target's folder, so that renaming is atomic."""
    try:
        handle, name = tempfile.mkstemp(suffix=".wav", dir=target.absolute().parent)
    except OSError as error:
        raise _unwritable(target, error) from error
    os.close(handle)
    return Path(name)


def _run(command: list[str], spoken: str, timeout_s: float) -> None:
    try:
        done = subprocess.run(
            command,
            input=spoken.encode(errors="replace"),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SpeechUnavailable(
            f"{PROGRAM} took longer than {timeout_s:g} s.", hint="Ask for a shorter answer."
        ) from error
    except OSError as error:
        raise SpeechUnavailable(
            f"{PROGRAM} cannot be started: {error.strerror}.", hint=_INSTALL_HINT
        ) from error
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip() or "no reason given"
        raise SpeechUnavailable(
            f"{PROGRAM} failed ({done.returncode}): {complaint[:200]}.",
            hint="Try `espeak-ng hola` in a terminal; its voices may be missing.",
        )


def _publish(draft: Path, target: Path) -> None:
    if draft.stat().st_size == 0:
        raise SpeechUnavailable(
            f"{PROGRAM} wrote no sound.", hint="Check the space left on the disk."
        )
    try:
        draft.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The recording {target} cannot be written: {error.strerror}.",
        hint="Check that its folder exists and has space.",
    )
