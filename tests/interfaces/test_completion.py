"""What Tab offers at the prompt."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from core.interfaces.completion import ReplCompleter


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two photos, a text and a folder."""
    for name in ("playa.jpg", "mi foto.png", "notas.txt"):
        (tmp_path / name).touch()
    (tmp_path / "viaje").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def completed(typed: str) -> list[str]:
    """What the entry becomes with each completion offered at its end."""
    document = Document(typed)
    offered = ReplCompleter(("/help", "/models")).get_completions(document, CompleteEvent())
    return [typed[: len(typed) + each.start_position] + each.text for each in offered]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/", ["/help", "/models"]),
        ("/mo", ["/models"]),
        ("/models ", []),
        ("hola /mo", []),
    ],
)
def test_commands_only_at_the_start(typed: str, expected: list[str]) -> None:
    assert completed(typed) == expected


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("@p", ["@playa.jpg"]),
        ("¿qué hay en @p", ["¿qué hay en @playa.jpg"]),
        ("dos\nlíneas (@p", ["dos\nlíneas (@playa.jpg"]),
        ("mira @mi", ['mira @"mi foto.png"']),
        ('mira @"mi f', ['mira @"mi foto.png"']),
        ("mira @'mi f", ["mira @'mi foto.png'"]),
        ("mira @v", ["mira @viaje"]),
        ("mira @n", []),
        ("ana@p", []),
        ("p", []),
    ],
)
def test_media_and_folders_behind_an_at_sign(typed: str, expected: list[str]) -> None:
    assert completed(typed) == expected


def test_a_path_is_completed_part_by_part(photos: Path) -> None:
    assert completed(f"@{photos}/pl") == [f"@{photos}/playa.jpg"]
