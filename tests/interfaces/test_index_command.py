"""`sarai index`, as its users type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.interfaces.index_view import LINE_EVERY_S, LineView
from tests.interfaces.conftest import Sarai
from tests.retrieval.stores.qdrant_emulator import QdrantEmulator


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "casa.md").write_text("# Casa\n\nLa clave del wifi es gato-77.\n", encoding="utf-8")
    (folder / "roto.json").write_text("{", encoding="utf-8")
    (folder / ".oculto.md").write_text("x", encoding="utf-8")
    return folder


def test_documents_are_indexed_asked_and_listed(sarai: Sarai, documents: Path) -> None:
    nothing = sarai("index")
    assert (nothing.code, "sarai index PATH" in nothing.about) == (2, True)

    first = sarai("index", str(documents))
    assert first.code == 0
    assert "2 files added, 0 changed, 0 unchanged, 0 removed; 1 new passages." in first.answer
    assert f"not read: {documents / 'roto.json'}: It is no JSON" in first.answer
    assert ".oculto.md: hidden" in first.about
    assert "1 by meaning" in first.answer

    asked = sarai("ask", "¿Cuál es la clave del wifi?")
    assert f"[1] {documents / 'casa.md'}:3-3" in asked.about

    status = json.loads(sarai("index", "status", "--json").answer)
    assert (status["roots"], status["counts"]["files"]) == ([str(documents)], 2)
    assert "1 not readable" in sarai("index", "status").answer


def test_documents_are_looked_at_again_stored_anew_and_forgotten(
    sarai: Sarai, documents: Path
) -> None:
    sarai("index", str(documents))
    assert sarai("index", str(documents)).answer.startswith("0 files added, 0 changed, 2 unchanged")
    assert "found by words" in sarai("index", "rebuild").answer
    assert sarai("index", "rm").code == 2
    assert sarai("index", "rm", str(documents)).answer == "2 files forgotten.\n"
    assert sarai("index", "rm", str(documents)).answer == "None of this was indexed.\n"
    assert sarai("index", str(documents / "none")).code == 2


def test_vectors_move_to_a_server(sarai: Sarai, documents: Path) -> None:
    sarai("index", str(documents))
    with QdrantEmulator() as server:
        moved = sarai("index", "migrate", "--to", f"{server.url}/")
        assert moved.code == 0
        assert "found by words" in moved.answer
        assert moved.answer.endswith(f"Now set retrieval.qdrant_url: {server.url}\n")
        assert ("PUT", "/collections/sarai/points") in [each[:2] for each in server.requests]


@pytest.mark.parametrize(
    "words", [["migrate"], ["status", "--to", "http://x"], ["migrate", "--to", "x"]]
)
def test_where_to_has_to_be_said_and_only_there(sarai: Sarai, words: list[str]) -> None:
    told = sarai("index", *words)
    assert (told.code, "to" in told.about) == (2, True)


def test_lines_come_now_and_then_with_the_time_left() -> None:
    said: list[str] = []
    times = iter([0.0, 1.0, LINE_EVERY_S, LINE_EVERY_S, 3 * LINE_EVERY_S])
    view = LineView(said.append, lambda: next(times))
    view.files(1, 10, 3)
    view.files(2, 10, 6)
    view.passages(0, 100)
    view.advance(25)
    assert said == [
        "2 of 10 files · 6 new passages · 1 min left",
        "25 of 100 passages stored · 1 min left",
    ]
