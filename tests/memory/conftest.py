"""Memories on a data folder of the test's own, with and without an embedding model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.memory.memory import Memory
from core.storage.folder import DataFolder
from tests.gguf_fixtures.embedding_model import write_embedding_model
from tests.retrieval.pools import encoder_keys, pool_with

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OpenMemory = Callable[..., Memory]


class Calendar:
    """A time of day that passes when the test says so."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture(scope="session")
def memory_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence embedder with random weights."""
    path = tmp_path_factory.mktemp("encoder") / "encoder.gguf"
    write_embedding_model(path)
    return path


@pytest.fixture
def open_memory(folder: DataFolder, calendar: Calendar) -> Iterator[OpenMemory]:
    """Opens memories on one data folder: `open_memory(encoder=...)`."""
    with ExitStack() as opened:

        def make(*, encoder: Path | None = None, home: DataFolder = folder) -> Memory:
            pool = pool_with(home, encoder_keys(encoder) if encoder else {})
            opened.callback(pool.close)
            return opened.enter_context(Memory(pool, now=calendar))

        yield make


@pytest.fixture
def memory(open_memory: OpenMemory) -> Memory:
    """By words alone."""
    return open_memory()


def texts(memory: Memory, query: str, **how: object) -> list[str]:
    """What a search gives, best first."""
    found = memory.search(query, **how).recollections  # type: ignore[arg-type]
    return [each.memory.text for each in found]
