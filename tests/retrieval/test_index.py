"""Searching a folder of documents that may change at any time."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import StorageError
from core.retrieval.index import DocumentIndex
from core.storage.folder import DataFolder
from tests.retrieval.conftest import OpenIndex
from tests.virtual_clock import VirtualClock

WIFI = """# Casa

## Red
La clave del wifi de invitados es Gato-Azul-77. El router está en el pasillo.

## Calefacción
La caldera se enciende en noviembre y su presión debe estar entre 1 y 1,5 bares.
"""
LEASE = """Rental agreement
================

The monthly rent is 850 euros, payable before the fifth day of each month.
The deposit of two months is returned within thirty days after the keys are handed over.

Pets
----
One small dog is allowed. Cats need a written permission of the landlord.
"""
RECIPE = """Tortilla de patatas: cuatro huevos, medio kilo de patatas y una cebolla.
Se fríen las patatas a fuego lento durante veinte minutos.
"""


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "recetas").mkdir(parents=True)
    (folder / "casa.md").write_text(WIFI, encoding="utf-8")
    (folder / "lease.rst").write_text(LEASE, encoding="utf-8")
    (folder / "recetas" / "tortilla.txt").write_text(RECIPE, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("query", "path", "words"),
    [
        ("¿Cuál es la clave del wifi?", "casa.md", "Gato-Azul-77"),
        ("claves WIFI invitado", "casa.md", "Gato-Azul-77"),
        ("presion de la caldera", "casa.md", "1,5 bares"),
        ("when is the deposit returned", "lease.rst", "thirty days"),
        ("How much is the monthly rent?", "lease.rst", "850 euros"),
        ("are cats allowed", "lease.rst", "Cats need"),
        ("¿cuántos huevos lleva la tortilla?", "recetas/tortilla.txt", "cuatro huevos"),
    ],
)
def test_the_right_passage_comes_first_and_is_verbatim(
    open_index: OpenIndex, documents: Path, query: str, path: str, words: str
) -> None:
    best = open_index(documents).search(query, 3).passages[0]
    assert best.path == path
    assert words in best.text
    lines = (documents / path).read_text(encoding="utf-8").split("\n")
    assert best.text in "\n".join(lines[best.first_line - 1 : best.last_line])


def test_the_heading_finds_a_passage_that_lacks_the_word(
    open_index: OpenIndex, documents: Path
) -> None:
    best = open_index(documents).search("calefacción", 1).passages[0]
    assert best.heading == "Casa > Calefacción"
    assert "alefacci" not in best.text


def test_the_name_of_a_file_finds_its_passages(open_index: OpenIndex, documents: Path) -> None:
    (documents / "garantía_lavadora.txt").write_text("Vence en 2028.", encoding="utf-8")
    assert open_index(documents).search("lavadora", 1).passages[0].text == "Vence en 2028."


def test_nothing_in_common_finds_nothing(open_index: OpenIndex, documents: Path) -> None:
    assert open_index(documents).search("astronomía cuántica", 3).passages == ()
    assert open_index(documents).search("", 3).passages == ()


ANSWERED = [
    "¿Cuál es la clave del wifi?",
    "¿Cuál es la clave del wifi de invitados?",
    "¿Qué presión debe tener la caldera?",
    "How much is the monthly rent?",
    "When is the deposit returned?",
    "¿Cuántos huevos y patatas lleva la tortilla?",
]
NOT_ANSWERED = [
    "hola",
    "¿Cómo configuro SSH en Ubuntu?",
    "explain the difference between TCP and UDP",
    "estoy muy triste, mi perro ha muerto",
    "write a poem about Python",
    "How do I reset the router of my office network?",
    "What is the capital of France?",
    "¿Cuántos días tiene un mes?",
]


def test_match_parts_what_the_folder_answers_from_what_it_does_not(
    open_index: OpenIndex, documents: Path
) -> None:
    index = open_index(documents)
    answered = {query: index.match(query) for query in ANSWERED}
    assert min(answered.values()) > 0.5, answered
    others = {query: index.match(query) for query in NOT_ANSWERED}
    assert max(others.values()) < 0.5, others


def test_match_is_quick_for_a_small_folder(open_index: OpenIndex, documents: Path) -> None:
    index = open_index(documents)
    index.match("wifi")
    assert min(_seconds(index) for _ in range(20)) < 0.05


def _seconds(index: DocumentIndex) -> float:
    started = time.perf_counter()
    index.match("¿Cuál es la clave del wifi de invitados?")
    return time.perf_counter() - started


def test_changes_are_seen_after_the_next_look(open_index: OpenIndex, documents: Path) -> None:
    clock = VirtualClock()
    index = open_index(documents, clock=clock, rescan_after_s=1.0)
    assert index.search("zanahoria", 3).passages == ()
    (documents / "nuevo.md").write_text("La zanahoria es naranja.", encoding="utf-8")
    (documents / "lease.rst").unlink()
    (documents / "casa.md").write_text("Sin red.", encoding="utf-8")
    assert index.search("zanahoria", 3).passages == ()
    clock.advance(1.0)
    assert [passage.path for passage in index.search("zanahoria", 3).passages] == ["nuevo.md"]
    assert index.search("deposit", 3).passages == ()
    assert index.search("clave del wifi", 3).passages == ()


def test_only_changed_files_are_read_again(open_index: OpenIndex, documents: Path) -> None:
    index = open_index(documents)
    before = (documents / "casa.md").stat()
    assert index.search("wifi", 1).passages
    # Same size and time: taken as unchanged, which shows that it was not read.
    (documents / "casa.md").write_bytes(b"x" * before.st_size)
    os.utime(documents / "casa.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    (documents / "nuevo.md").write_text("La zanahoria es naranja.", encoding="utf-8")
    assert index.search("zanahoria", 1).passages
    assert index.search("wifi", 1).passages
    os.utime(documents / "casa.md", ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert index.search("wifi", 1).passages == ()


def test_what_cannot_be_read_is_reported_and_the_rest_found(
    open_index: OpenIndex, documents: Path
) -> None:
    (documents / "roto.txt").write_bytes(b"wifi\0wifi")
    (documents / ".oculto.md").write_text("wifi")
    index = open_index(documents)
    assert index.search("wifi", 5).passages[0].path == "casa.md"
    report = index.index()
    told = [(Path(each.path).name, each.reason) for each in (*report.problems, *report.skipped)]
    assert told == [("roto.txt", "It is binary."), (".oculto.md", "hidden")]


def test_a_missing_folder_is_an_error_and_an_empty_one_is_not(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match=r"retrieval\.folder"):
        open_index(tmp_path / "none").search("x", 1)
    (tmp_path / "empty").mkdir()
    assert open_index(tmp_path / "empty").search("x", 1).passages == ()
    assert open_index(tmp_path / "empty").match("x") == 0.0


def test_without_any_document_nothing_is_made(open_index: OpenIndex, folder: DataFolder) -> None:
    index = open_index()
    assert index.empty()
    assert (index.search("x").passages, index.match("x")) == ((), 0.0)
    assert not folder.vectors.exists()


def test_many_threads_search_while_the_folder_changes(
    open_index: OpenIndex, documents: Path
) -> None:
    index = open_index(documents)
    started = threading.Barrier(4)

    def search() -> None:
        started.wait()
        for _ in range(30):
            assert index.search("clave wifi", 1).passages[0].path == "casa.md"

    def change() -> None:
        started.wait()
        for number in range(30):
            (documents / "otro.md").write_text(f"Nota {number}. " * number, encoding="utf-8")

    with ThreadPoolExecutor(4) as threads:
        for done in [*(threads.submit(search) for _ in range(3)), threads.submit(change)]:
            done.result()
