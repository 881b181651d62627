"""`@file` in a typed line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.interfaces.attachments import joined, parse_line


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


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "mi foto.jpg"
    path.touch()
    return path


def test_names_are_quoted_or_escaped_as_in_a_shell(photo: Path) -> None:
    escaped = str(photo).replace(" ", "\\ ")
    for named in (f'@"{photo}"', f"@'{photo}'", f"@{escaped}"):
        assert parse_line(f"mira {named} bien") == {"input": "mira bien", "images": [str(photo)]}


def test_a_file_dropped_on_the_terminal_needs_no_at_sign(photo: Path) -> None:
    escaped = str(photo).replace(" ", "\\ ")
    for dropped in (f"'{photo}'", f'"{photo}"', escaped, photo.as_uri()):
        assert parse_line(f"{dropped} ¿qué es?") == {"input": "¿qué es?", "images": [str(photo)]}


def test_other_paths_stay_words(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    line = f"compara {tmp_path}/notes.txt con /etc/hosts y /no/foto.jpg"
    assert parse_line(line) == {"input": line}


def test_a_name_ends_before_the_sentence_does(photo: Path, samples: Path) -> None:
    assert parse_line(f"Describe (@{samples}/red.png).")["input"] == "Describe ()"
    assert parse_line(f"¿Qué es @{samples}/red.png?")["input"] == "¿Qué es?"
    assert parse_line(f"Describe @{samples}/red.png.")["images"] == [f"{samples}/red.png"]


def test_lines_and_their_indentation_are_kept() -> None:
    code = "explica:\n    for x in y:\n        @nota  # dos  espacios"
    assert parse_line(code) == {"input": code}


def test_the_words_of_a_command_line_are_joined_and_files_quoted_again(photo: Path) -> None:
    assert joined(["¿qué", "es", f"@{photo}"]) == f'¿qué es @"{photo}"'
    assert joined([str(photo)]) == f'@"{photo}"'
    assert joined(["a b", "@a b"]) == "a b @a b"


def test_an_attachment_alone_has_no_words(samples: Path) -> None:
    assert parse_line(f"@{samples}/low.wav") == {"audio_input": f"{samples}/low.wav"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("mira @foto_que_no_esta.jpg", "no file"),
        ("mira @pyproject.toml", "not an image"),
        ("mira @https://example.org/foto.jpg", "fetched"),
        ("mira @~nadie/foto.jpg", "no file"),
        ("\udcff", "not UTF-8"),
    ],
)
def test_what_cannot_be_attached_is_told(line: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse_line(line)


def test_one_video_at_a_time(samples: Path) -> None:
    with pytest.raises(InvalidInput, match="second"):
        parse_line(f"@{samples}/red.mp4 @{samples}/blue.mp4")


def test_a_name_too_long_for_any_file_stays_a_word() -> None:
    word = "@" + "a" * 5000
    assert parse_line(word) == {"input": word}
