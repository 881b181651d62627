"""What indexing again costs, and what a kill costs."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.retrieval.index import DocumentIndex
from core.retrieval.parsing.blocks import Block
from core.retrieval.parsing.isolation import Parsers
from core.retrieval.stores.protocol import Filters
from core.storage.folder import DataFolder
from tests.retrieval.conftest import OpenIndex
from tests.retrieval.parsing.samples import pdf
from tests.retrieval.pools import encoder_keys, pool_with


class CountingParsers(Parsers):
    """Counts what is parsed."""

    def __init__(self) -> None:
        super().__init__()
        self.parsed: list[str] = []

    def parse(self, path: str, data: bytes) -> list[Block]:
        self.parsed.append(Path(path).name)
        return super().parse(path, data)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(5):
        paragraphs = [f"El faro {number} tiene {part} luces." for part in range(4)]
        (folder / f"{number}.md").write_text("\n\n".join(paragraphs), encoding="utf-8")
    return folder


def embedded(folder: DataFolder) -> int:
    with closing(sqlite3.connect(folder.index)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM embeddings").fetchone()[0])


def test_only_what_changed_is_parsed_and_embedded(
    open_index: OpenIndex, documents: Path, folder: DataFolder, encoder_file: Path
) -> None:
    index = open_index(encoder=encoder_file)
    parsers = index._upkeep.parsers = CountingParsers()
    first = index.index([documents])
    assert (first.added, first.chunks, len(parsers.parsed), first.note) == (5, 20, 5, "")
    before = embedded(folder)

    again = index.index([documents])
    assert (again.unchanged, again.added, again.changed) == (5, 0, 0)
    assert (len(parsers.parsed), embedded(folder)) == (5, before)

    os.utime(documents / "0.md")
    touched = index.index()
    assert (touched.unchanged, len(parsers.parsed)) == (5, 5)

    text = (documents / "1.md").read_text().replace("3 luces", "33 luces")
    (documents / "1.md").write_text(text)
    changed = index.index()
    assert (changed.changed, changed.unchanged) == (1, 4)
    assert (parsers.parsed[5:], embedded(folder)) == (["1.md"], before + 1)

    (documents / "2.md").unlink()
    assert index.index().removed == 1
    assert index.search("faro 2 luces", 20).passages
    assert all("faro 2" not in found.text for found in index.search("faro 2", 20).passages)
    assert index._store.count() == 16
    status = index.status()
    assert (status.counts.files, status.counts.chunks) == (4, 16)
    assert (status.counts.without_words, status.counts.without_meaning) == (0, 0)
    assert (status.meaning, status.roots) == ("embeddinggemma_300m", (str(documents),))


def test_a_file_that_comes_back_costs_no_embedding_and_a_forgotten_one_leaves_none(
    open_index: OpenIndex, documents: Path, folder: DataFolder, encoder_file: Path
) -> None:
    index = open_index(encoder=encoder_file)
    index.index([documents])
    before = embedded(folder)
    text = (documents / "0.md").read_text()
    (documents / "0.md").unlink()
    index.index()
    (documents / "0.md").write_text(text)
    assert (index.index().added, embedded(folder)) == (1, before)

    assert index.remove([documents / "0.md"]) == 1
    assert embedded(folder) == before - 4
    assert index.remove([documents]) == 4
    assert (index.empty(), index._store.count()) == (True, 0)
    assert embedded(folder) == before - 20


def test_the_store_is_made_anew_from_sqlite(
    open_index: OpenIndex, documents: Path, folder: DataFolder, encoder_file: Path
) -> None:
    index = open_index(encoder=encoder_file)
    index.index([documents])
    wanted = index.search("faro 3", 5, explain=True).passages
    before = embedded(folder)
    for path in folder.vectors.rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    index._store.close()
    for path in documents.glob("*"):
        path.unlink()  # not read again
    index.rebuild()
    assert index.search("faro 3", 5, explain=True).passages == wanted
    assert embedded(folder) == before


def test_words_first_and_meaning_when_there_is_a_model(
    open_index: OpenIndex, documents: Path, encoder_file: Path
) -> None:
    without = open_index()
    report = without.index([documents])
    assert "embeddinggemma_300m" in report.note
    assert without.search("faro 3").passages[0].explanation is None
    (best, *_) = without.search("faro 3", explain=True).passages
    assert best.explanation is not None
    assert (best.explanation.meaning, best.explanation.alpha) == (None, 0.0)
    without.close()

    with_model = open_index(encoder=encoder_file)
    assert with_model.index().note == ""
    (best, *_) = with_model.search("¿el faro 3?", explain=True).passages
    assert best.explanation is not None
    assert best.explanation.meaning is not None
    assert best.explanation.alpha == 0.7
    with_model.close()

    # The model is gone again: words alone, and that is said; nothing is thrown away.
    later = open_index()
    found = later.search("faro 3")
    assert found.passages
    assert "embeddinggemma_300m" in found.note
    assert later.index().note
    later.close()
    assert open_index(encoder=encoder_file).search("faro 3", 1).note == ""


def test_two_models_are_never_mixed(
    open_index: OpenIndex, documents: Path, encoder_file: Path, tmp_path: Path
) -> None:
    open_index(encoder=encoder_file).index([documents])
    other = tmp_path / "other.gguf"
    other.write_bytes(encoder_file.read_bytes())
    index = open_index(encoder=other)
    assert "another model" in index.search("faro").note
    index.index()
    assert index.search("faro").note == ""
    assert index.status().counts.without_meaning == 0


def test_a_language_that_the_model_does_not_know_goes_by_words(
    open_index: OpenIndex, documents: Path, encoder_file: Path
) -> None:
    english: dict[str, object] = {
        "models.embeddinggemma_300m.alpha_es": 0,
        "models.embeddinggemma_300m.alpha_en": 0.6,
    }
    (documents / "english.md").write_text("The lighthouse is the work of Ada.\n")
    index = open_index(encoder=encoder_file, keys=english)
    index.index([documents])

    def alpha(query: str) -> float:
        explanation = index.search(query, 1, explain=True).passages[0].explanation
        return explanation.alpha if explanation else -1

    assert alpha("¿Cuántas luces tiene el faro?") == 0.0
    assert alpha("luces") == 0.0  # shows no language, and is found in Spanish
    assert alpha("lighthouse") == 0.6  # in English
    assert alpha("What is the faro?") == 0.6
    assert index.search("¿el faro?", 1, alpha=1.0, explain=True).passages[0].explanation is not None


@pytest.mark.parametrize("fusion", ["weighted", "rrf", "dbsf"])
def test_every_fusion_finds_by_both(
    open_index: OpenIndex, documents: Path, encoder_file: Path, fusion: str
) -> None:
    index = open_index(encoder=encoder_file, keys={"retrieval.fusion": fusion})
    index.index([documents])
    assert len(index.search("el faro 3", 3).passages) == 3
    assert index.search("el faro 3", 3, explain=True).passages[0].explanation is not None


def test_filters_choose_documents(open_index: OpenIndex, documents: Path) -> None:
    (documents / "tabla.csv").write_text("cosa;luces\nfaro;9\n")
    index = open_index()
    index.index([documents])
    only = Filters(formats=("csv",))
    assert [each.path for each in index.search("faro luces", filters=only).passages] == [
        str(documents / "tabla.csv")
    ]
    chosen = Filters(paths=(str(documents / "1.md"),))
    assert {each.path for each in index.search("faro luces", filters=chosen).passages} == {
        str(documents / "1.md")
    }
    os.utime(documents / "1.md", (10**9, 10**9))
    index.index()
    index.rebuild()
    old = Filters(modified_before_s=10**9 + 1)
    assert {each.path for each in index.search("faro", filters=old).passages} == {
        str(documents / "1.md")
    }


def test_tenants_do_not_see_one_another(
    open_index: OpenIndex, documents: Path, tmp_path: Path
) -> None:
    other = tmp_path / "eva"
    other.mkdir()
    (other / "diario.md").write_text("El faro de Eva.")
    ana, eva = open_index(tenant="ana"), open_index(tenant="eva")
    ana.index([documents])
    eva.index([other, documents / "0.md"])
    assert {Path(each.path).name for each in eva.search("faro", 50).passages} == {
        "diario.md",
        "0.md",
    }
    assert all("Eva" not in each.text for each in ana.search("faro", 50).passages)
    eva.remove([documents])
    assert ana.status().counts.files == 5


def test_the_same_words_in_two_places_are_one_hit(open_index: OpenIndex, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("La caldera se revisa en octubre.")
    (tmp_path / "b.md").write_text("La caldera se revisa en  octubre.")
    (tmp_path / "c.md").write_text("La caldera se revisa en noviembre.")
    (tmp_path / "d.md").write_text("La caldera se revisa el 3.")
    (tmp_path / "e.md").write_text("La caldera se revisa el 4.")
    index = open_index()
    index.index([tmp_path / "*.md"])
    found = {Path(each.path).name: each.also for each in index.search("caldera octubre").passages}
    assert found == {"a.md": (str(tmp_path / "b.md"),), "c.md": (), "d.md": (), "e.md": ()}


def test_what_is_asked_for_and_not_there_is_an_error(open_index: OpenIndex, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        open_index().index([tmp_path / "none"])


def test_names_and_texts_that_are_no_unicode_are_told_and_kept(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text('{"faro": "\\ud83d luz"}')
    (tmp_path / os.fsdecode(b"b\xff.md")).write_text("faro")
    index = open_index()
    report = index.index([tmp_path])
    assert [each.text for each in index.search("faro").passages] == ["faro: ? luz"]
    assert [each.reason for each in report.skipped if "b" in Path(each.path).name] == [
        "its name is no Unicode"
    ]


def test_a_disk_that_is_not_there_has_lost_nothing(
    open_index: OpenIndex, documents: Path, tmp_path: Path
) -> None:
    index = open_index()
    index.index([documents])
    documents.rename(tmp_path / "away")
    report = index.index()
    assert (report.removed, len(report.problems)) == (0, 1)
    assert index.search("faro").passages


@pytest.mark.timeout(300)
def test_many_unchanged_files_are_neither_read_nor_embedded(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number}.md").write_text(f"Nota {number}.")
    index = open_index()
    assert index.index([folder]).added == 300
    index._upkeep.parsers = parsers = CountingParsers()
    report = index.index([folder])
    assert (report.unchanged, report.chunks, parsers.parsed) == (300, 0, [])


INDEXER = """
import sys
from pathlib import Path
from core.retrieval.index import DocumentIndex
from core.storage.folder import open_data_folder
from tests.retrieval.pools import encoder_keys, pool_with

class Told:
    def files(self, done, total, chunks):
        print("files", done, chunks, flush=True)
    def passages(self, done, total):
        print("passages", total, flush=True)
    def advance(self, count):
        print("stored", count, flush=True)

pool = pool_with(open_data_folder(Path(sys.argv[1])), encoder_keys(Path(sys.argv[3])))
with DocumentIndex(pool) as index:
    print("ready", flush=True)
    index.index([sys.argv[2]], progress=Told())
pool.close()
"""


def killed_once(folder: DataFolder, documents: Path, encoder: Path, after_lines: int) -> list[str]:
    """What an indexing process had acknowledged when it was killed; all, when it was faster."""
    process = subprocess.Popen(
        [sys.executable, "-c", INDEXER, str(folder.root), str(documents), str(encoder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        if not line.endswith("\n"):  # the kill came in the middle of it: nothing was told yet
            break
        heard.append(line.strip())
        if len(heard) == after_lines:
            os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return heard


def kill_and_look(folder: DataFolder, documents: Path, encoder: Path, after_lines: int) -> int:
    """Every file that was told to be done is in the catalogue, and the index is usable."""
    heard = killed_once(folder, documents, encoder, after_lines)
    acknowledged = max((int(line.split()[1]) for line in heard if "files" in line), default=0)
    pool = pool_with(folder, encoder_keys(encoder))
    try:
        with DocumentIndex(pool) as index:
            counts = index.status().counts
            assert counts.files >= acknowledged
            assert isinstance(index.search("faro luces", 5).passages, tuple)
            stored = sum(int(line.split()[1]) for line in heard if "stored" in line)
            assert index._store.count() >= stored or not stored
    finally:
        pool.close()
    return acknowledged


def many_documents(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        text = "\n\n".join(f"El faro {number} tiene {part} luces." for part in range(10))
        (folder / f"{number:03}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.timeout(300)
def test_a_kill_loses_nothing_that_was_acknowledged(
    folder: DataFolder, tmp_path: Path, encoder_file: Path
) -> None:
    documents = many_documents(tmp_path / "documents", 60)
    chance = random.Random(7)
    for _ in range(2):
        kill_and_look(folder, documents, encoder_file, chance.randrange(2, 50))
    pool = pool_with(folder, encoder_keys(encoder_file))
    with DocumentIndex(pool) as index:
        index.index([documents])
        counts = index.status().counts
        assert (counts.files, counts.chunks) == (60, index._store.count())
        assert (counts.without_words, counts.without_meaning) == (0, 0)
        assert len(index.search("faro 59", 3).passages) == 3
    pool.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_twenty_five_kills(folder: DataFolder, tmp_path: Path, encoder_file: Path) -> None:
    documents = many_documents(tmp_path / "documents", 120)
    chance = random.Random(25)
    for trial in range(25):
        kill_and_look(folder, documents, encoder_file, chance.randrange(1, 125))
        for number in chance.sample(range(120), 40):  # work for the next trial
            (documents / f"{number:03}.md").write_text(
                "\n\n".join(f"El faro {number} en {trial}: {part} luces." for part in range(10)),
                encoding="utf-8",
            )


def test_what_could_not_be_read_is_tried_again_when_it_is_indexed_again(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    source = tmp_path / "faro.pdf"
    source.write_bytes(pdf(["El faro tiene cuatro luces."]))
    index = open_index()
    with Parsers(deadline_s=0.0) as hurried, Parsers() as patient:
        index._upkeep.parsers = hurried
        assert "more than 0 s" in index.index([source]).problems[0].reason
        index._upkeep.parsers = patient
        report = index.index([source])
    assert (report.problems, report.chunks) == ([], 1)
    assert index.search("luces del faro").passages[0].page == 1
