"""Threads that index and search the same index at once: nothing may fail."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.report import Figure
from benchmarks.retrieval.kills import opened_index
from core.errors import SARAiError
from core.retrieval.index import DocumentIndex

WRITERS = READERS = 4
FOR_S = 60.0


def measure() -> Iterator[Figure]:
    """Errors of four threads that index and four that search, for a minute."""
    with tempfile.TemporaryDirectory() as scratch:
        home, documents = Path(scratch, "home"), Path(scratch, "documents")
        until_s = time.monotonic() + FOR_S
        with opened_index(home) as index, ThreadPoolExecutor(WRITERS + READERS) as threads:
            writers = [
                threads.submit(_write, index, documents / str(number), until_s)
                for number in range(WRITERS)
            ]
            readers = [threads.submit(_read, index, until_s) for _ in range(READERS)]
            told = [each.result() for each in (*writers, *readers)]
    errors, calls = sum(each[0] for each in told), sum(each[1] for each in told)
    name = f"errors of {len(told)} threads that index and search for {FOR_S:g} s, {calls} calls"
    yield Figure(name, errors, "", "0", errors == 0)


def _write(index: DocumentIndex, folder: Path, until_s: float) -> tuple[int, int]:
    """Errors and calls; a file that changes, one that comes and one that goes each time."""
    folder.mkdir(parents=True)
    errors = calls = 0
    while time.monotonic() < until_s:
        (folder / "same.md").write_text(f"The lighthouse says {calls}.\n")
        (folder / f"{calls}.md").write_text(f"A ship named {folder.name}-{calls}.\n")
        (folder / f"{calls - 3}.md").unlink(missing_ok=True)
        errors += _fails(lambda: index.index([folder]))
        calls += 1
    return errors, calls


def _read(index: DocumentIndex, until_s: float) -> tuple[int, int]:
    errors = calls = 0
    while time.monotonic() < until_s:
        errors += _fails(lambda: index.search("what does the lighthouse say", 5))
        calls += 1
    return errors, calls


def _fails(call: Callable[[], object]) -> bool:
    try:
        call()
    except SARAiError:
        return True
    return False
