"""The program that reads answers aloud."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.finding import Finding, ok, warn
from core.doctor.programs import find, install_command, output_of
from core.doctor.surroundings import Surroundings
from core.voice.speech import PROGRAM, VOICES

LOST = "spoken questions get written answers only"


def check_speech(around: Surroundings) -> Iterator[Finding]:
    if not around.sound_settings.voice.speak:
        yield ok("off (voice.speak is false)")
        return
    install = install_command(
        PROGRAM, around.environ, f"Install {PROGRAM}, or set voice.speak: false"
    )
    path = find(PROGRAM, around.environ)
    if path is None:
        yield warn(f"{PROGRAM} is not installed: {LOST}", install)
        return
    version = output_of([path, "--version"], around.environ)
    if version is None:
        yield warn(f"{path} does not run: {LOST}", install)
        return
    absent = [voice for voice in VOICES.values() if not _has(path, voice, around)]
    if absent:
        yield warn(f"{path} has no voice {', '.join(absent)}: {LOST} in that language", install)
    else:
        yield ok(version.partition("  Data at")[0].strip() + f", with {' and '.join(VOICES)}")


def _has(path: str, voice: str, around: Surroundings) -> bool:
    """Whether it speaks with this voice; -q keeps it silent."""
    return output_of([path, "-q", "-v", voice, "hola"], around.environ) is not None
