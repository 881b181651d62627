"""`@file` in a typed line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.interfaces.attachments import parse_line


def test_words_alone() -> None:
    assert parse_line("escribe a ana@example.com y a @maria") == {
        "input": "escribe a ana@example.com y a @maria"
    }


def test_each_kind_goes_to_its_key(samples: Path) -> None:
    line = f"compare @{samples}/red.png, @{samples}/blue.png @{samples}/red.mp4 @{samples}/low.wav"
    assert parse_line(line) == {
        "input": "compare",
        "images": [f"{samples}/red.png", f"{samples}/blue.png"],
        "video_path": f"{samples}/red.mp4",
        "audio_input": f"{samples}/low.wav",
    }


def test_a_name_with_spaces_is_quoted(tmp_path: Path) -> None:
    photo = tmp_path / "mi foto.JPG"
    photo.touch()
    assert parse_line(f'¿qué es? @"{photo}"') == {"input": "¿qué es?", "images": [str(photo)]}


def test_an_attachment_alone_has_no_words(samples: Path) -> None:
    assert parse_line(f"@{samples}/low.wav") == {"audio_input": f"{samples}/low.wav"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("mira @foto_que_no_esta.jpg", "no file"),
        ("mira @pyproject.toml", "not an image"),
    ],
)
def test_what_cannot_be_attached_is_told(line: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse_line(line)


def test_one_video_at_a_time(samples: Path) -> None:
    with pytest.raises(InvalidInput, match="second"):
        parse_line(f"@{samples}/red.mp4 @{samples}/blue.mp4")
