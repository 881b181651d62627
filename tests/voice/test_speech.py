import os
import shutil
import stat
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from core.errors import SpeechUnavailable, StorageError
from core.state import Prosody, Variety
from core.voice.speech import PROGRAM, speak_to_file


@contextmanager
def programs_in(folder: Path) -> Iterator[None]:
    """Only the programs of `folder` can be found."""
    before = os.environ["PATH"]
    os.environ["PATH"] = str(folder)
    try:
        yield
    finally:
        os.environ["PATH"] = before


def broken_program(folder: Path, script: str) -> None:
    """A program of espeak-ng's name that fails as the real one cannot be made to."""
    program = folder / PROGRAM
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)


def test_a_missing_program_says_how_to_install_it(tmp_path: Path) -> None:
    with programs_in(tmp_path), pytest.raises(SpeechUnavailable) as caught:
        speak_to_file("hola", "es", tmp_path / "hola.wav")
    assert "apt install espeak-ng" in caught.value.hint
    assert "brew install espeak-ng" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_an_answer_of_code_alone_is_not_said(tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable, match="nothing to say"):
        speak_to_file("```\nls\n```", "es", tmp_path / "x.wav")


@pytest.mark.parametrize(
    ("script", "timeout_s", "complaint"),
    [
        ("echo no voice >&2; exit 3", 60.0, r"failed \(3\): no voice"),
        ("exit 0", 60.0, "wrote no sound"),
        ("while :; do :; done", 0.2, "longer than 0.2 s"),
    ],
)
def test_failures_leave_no_file(
    tmp_path: Path, script: str, timeout_s: float, complaint: str
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "out").mkdir()
    broken_program(tmp_path / "bin", script)
    with programs_in(tmp_path / "bin"), pytest.raises(SpeechUnavailable, match=complaint):
        speak_to_file("hola", "es", tmp_path / "out" / "x.wav", timeout_s=timeout_s)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_words_go_through_stdin_and_never_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    # Writes its arguments and its input where the sound should go.
    broken_program(tmp_path / "bin", 'for last; do :; done; { echo "$@"; /bin/cat; } > "$last"')
    with programs_in(tmp_path / "bin"):
        speak_to_file("--help; `reboot` $(reboot)", "en", tmp_path / "x.wav")
    arguments, words = (tmp_path / "x.wav").read_text().split("\n", 1)
    assert arguments.startswith("-v en-us --stdin -w ")
    assert "reboot" not in arguments
    assert words == "--help; reboot $(reboot)"


def test_a_missing_folder_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    broken_program(tmp_path / "bin", "exit 0")
    with programs_in(tmp_path / "bin"), pytest.raises(StorageError, match="cannot be written"):
        speak_to_file("hola", "es", tmp_path / "none" / "x.wav")


def duration_s(path: Path) -> float:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return float(sound.getnframes() / sound.getframerate())


@pytest.mark.slow
@pytest.mark.skipif(shutil.which(PROGRAM) is None, reason="espeak-ng is not installed")
def test_the_real_program_speaks_both_languages(tmp_path: Path) -> None:
    short = speak_to_file("Hola.", "es", tmp_path / "es.wav")
    long = speak_to_file("Hello there. " * 5, "en", tmp_path / "en.wav")
    assert 0.2 < duration_s(short) < 2
    assert duration_s(long) > 2 * duration_s(short)
    assert stat.S_IMODE(short.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"es.wav", "en.wav"}
    same = speak_to_file("-w /x.wav Hola.", "es", tmp_path / "es.wav")
    assert duration_s(same) > 0.2


@pytest.mark.parametrize(
    ("language", "variety", "voice"),
    [
        ("es", "neutral", "es"),
        ("es", "es-ES", "es"),
        ("es", "es-AR", "es-419"),
        ("es", "es-MX", "es-419"),
        ("en", "es-MX", "en-us"),
    ],
)
def test_voice_and_prosody_are_told_to_the_program(
    tmp_path: Path, language: Literal["es", "en"], variety: Variety, voice: str
) -> None:
    (tmp_path / "bin").mkdir()
    broken_program(tmp_path / "bin", 'for last; do :; done; echo "$@" > "$last"')
    calm: Prosody = {"rate": 0.8, "pitch": 0.9, "volume": 0.5}
    with programs_in(tmp_path / "bin"):
        speak_to_file("hola", language, tmp_path / "x.wav", prosody=calm, variety=variety)
    arguments = (tmp_path / "x.wav").read_text()
    assert arguments.startswith(f"-v {voice} -s 140 -p 45 -a 50 --stdin -w ")
