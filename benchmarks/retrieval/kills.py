"""An index whose process is killed again and again: what was acknowledged has to be there.

Run as a program, it is the process that indexes and dies.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.report import ROOT, Figure
from core.errors import StorageError
from core.model_pool import ModelPool
from core.retrieval.index import DocumentIndex
from core.retrieval.progress import Silent
from core.settings import load_settings
from core.storage.folder import open_data_folder

KILLS = 25
FILES = 300
CHANGED = 60  # before each kill
WORDS = 40  # of one passage


def measure() -> Iterator[Figure]:
    """How many acknowledged passages were lost, and how often the index was not usable."""
    chance = random.Random(0)
    lost = unusable = acknowledged = kills = 0
    with tempfile.TemporaryDirectory() as scratch:
        home, documents = Path(scratch, "home"), Path(scratch, "documents")
        documents.mkdir()
        for attempt in range(KILLS):
            for number in range(FILES) if attempt == 0 else chance.sample(range(FILES), CHANGED):
                _write(documents / f"{number}.md", number, attempt)
            done, killed = _run(home, documents, chance.randint(1, FILES))
            kills += killed
            marks = [path.read_text().split()[0] for path in sorted(documents.iterdir())[:done]]
            acknowledged += len(marks)
            missing = _missing(home, marks)
            lost += len(missing or ())
            unusable += missing is None
    name = f"passages lost in {kills} kills while indexing, of {acknowledged} acknowledged"
    yield Figure(name, lost, "", "0", lost == 0 and kills == KILLS)
    yield Figure(f"index not usable after {kills} kills", unusable, "", "0", unusable == 0)


def _write(path: Path, number: int, attempt: int) -> None:
    """One passage with a word of its own."""
    words = " ".join(f"common{(number * place) % 97}" for place in range(WORDS))
    path.write_text(f"mark{number}x{attempt} {words}\n", encoding="utf-8")


def _run(home: Path, documents: Path, kill_at: int) -> tuple[int, bool]:
    """How many files were acknowledged, in the order of their names, and whether it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.retrieval.kills", str(home), str(documents)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    if process.stdout is None:
        raise LookupError("The process has no output.")
    done = 0
    with process.stdout as lines:
        for line in lines:
            done = int(line)
            if done == kill_at:
                os.kill(process.pid, signal.SIGKILL)
    return done, process.wait() == -signal.SIGKILL


def _missing(home: Path, marks: list[str]) -> list[str] | None:
    """Those of `marks` that are not found; None when the index cannot be searched."""
    with opened_index(home) as index:
        try:
            return [mark for mark in marks if not _finds(index, mark)]
        except StorageError:
            return None


def _finds(index: DocumentIndex, mark: str) -> bool:
    found = index.search(mark, 1).passages
    return bool(found) and found[0].text.startswith(f"{mark} ")


@contextmanager
def opened_index(home: Path) -> Iterator[DocumentIndex]:
    """An index of its own on a data folder, by words alone."""
    settings = load_settings(environ={"SARAI__OLLAMA__BASE_URL": "http://127.0.0.1:9"})
    pool = ModelPool(settings, open_data_folder(home))
    with closing(pool), DocumentIndex(pool) as index:
        yield index


class _Told(Silent):
    def files(self, done: int, total: int, chunks: int) -> None:
        """A file is acknowledged."""
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    with opened_index(Path(sys.argv[1])) as opened:
        opened.index([sys.argv[2]], progress=_Told())
