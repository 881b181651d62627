"""Indexes on a data folder of the test's own, with and without an embedding model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.clock import Clock
from core.retrieval.index import DocumentIndex
from core.storage.folder import DataFolder
from tests.gguf_fixtures.embedding_model import write_embedding_model
from tests.retrieval.pools import encoder_keys, pool_with

OpenIndex = Callable[..., DocumentIndex]


@pytest.fixture(scope="session")
def encoder_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence embedder with random weights."""
    path = tmp_path_factory.mktemp("encoder") / "encoder.gguf"
    write_embedding_model(path)
    return path


@pytest.fixture
def open_index(folder: DataFolder) -> Iterator[OpenIndex]:
    """Opens indexes on one data folder: `open_index(documents=..., encoder=...)`."""
    with ExitStack() as opened:

        def make(
            documents: Path | None = None,
            *,
            encoder: Path | None = None,
            clock: Clock | None = None,
            rescan_after_s: float = 0.0,
            keys: dict[str, object] | None = None,
            tenant: str = "",
        ) -> DocumentIndex:
            chosen = {**(encoder_keys(encoder) if encoder else {}), **(keys or {})}
            if documents is not None:
                chosen["retrieval.folder"] = documents
            pool = pool_with(folder, chosen)
            opened.callback(pool.close)
            index = DocumentIndex(pool, clock=clock, rescan_after_s=rescan_after_s, tenant=tenant)
            opened.callback(index.close)
            return index

        yield make
