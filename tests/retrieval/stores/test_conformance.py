"""What every vector store must do, asked of each.

The embedded one is the real one; the server's side is `ServerStore` against an emulator, and
against a real server where QDRANT_URL names one (never run so far).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import StorageError
from core.retrieval.sparse import SparseVector
from core.retrieval.stores.embedded import EmbeddedStore
from core.retrieval.stores.protocol import Filters, VectorStore
from core.retrieval.stores.server import ServerStore
from tests.retrieval.stores.points import DIMENSIONS, direction, point
from tests.retrieval.stores.qdrant_emulator import QdrantEmulator
from tests.retrieval.stores.qdrant_openapi import misfits


@pytest.fixture(params=["embedded", "emulated server", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    made: VectorStore
    if request.param == "embedded":
        made = EmbeddedStore(tmp_path / "vectors")
        yield made
        made.close()
    elif request.param == "server":
        url = os.environ.get("QDRANT_URL")
        if url is None:
            pytest.skip("QDRANT_URL names no Qdrant server")
        made = ServerStore(url, "sarai_conformance")
        yield made
        made.close()
    else:
        with QdrantEmulator() as emulator:
            made = ServerStore(emulator.url, "sarai")
            yield made
            made.close()
            assert misfits(emulator.requests) == []


EVERYTHING = Filters()


def test_a_store_begins_without_anything(store: VectorStore) -> None:
    assert not store.exists() or isinstance(store, ServerStore)
    store.reset(DIMENSIONS)
    assert store.exists()
    assert store.count() == 0
    assert store.search_dense(direction(1), 5, EVERYTHING) == []
    assert store.search_sparse(SparseVector((7,), (1.0,)), 5, EVERYTHING) == []


def test_dense_search_is_by_cosine(store: VectorStore) -> None:
    store.reset(DIMENSIONS)
    store.upsert([point(number) for number in range(20)])
    found = store.search_dense(direction(3), 20, EVERYTHING)
    cosines = {number: float(direction(3) @ direction(number)) for number in range(20)}
    assert [each.id for each in found] == sorted(cosines, key=lambda n: -cosines[n])
    assert [each.score for each in found] == pytest.approx(
        sorted(cosines.values(), reverse=True), abs=1e-5
    )
    assert [each.id for each in store.search_dense(direction(3), 2, EVERYTHING)] == [
        each.id for each in found[:2]
    ]


def test_sparse_search_is_by_inner_product_and_finds_no_zero(store: VectorStore) -> None:
    store.reset(DIMENSIONS)
    store.upsert([point(number) for number in range(5)])
    found = store.search_sparse(SparseVector((7, 4_000_000_001), (0.5, 3.0)), 10, EVERYTHING)
    assert [(each.id, each.score) for each in found] == [
        (1, 7.0), (4, 2.5), (3, 2.0), (2, 1.5), (0, 0.5),
    ]  # fmt: skip
    assert store.search_sparse(SparseVector((9,), (1.0,)), 10, EVERYTHING) == []
    assert store.search_sparse(SparseVector((), ()), 10, EVERYTHING) == []


def test_passages_without_meaning_are_found_by_words(store: VectorStore) -> None:
    store.reset(DIMENSIONS)
    store.upsert([point(1, dense=False), point(2)])
    assert [each.id for each in store.search_dense(direction(2), 5, EVERYTHING)] == [2]
    assert len(store.search_sparse(SparseVector((7,), (1.0,)), 5, EVERYTHING)) == 2
    store.upsert([point(1)])
    assert len(store.search_dense(direction(2), 5, EVERYTHING)) == 2
    store.reset(None)
    store.upsert([point(1, dense=False)])
    assert store.count() == 1


def test_points_are_replaced_and_deleted(store: VectorStore) -> None:
    store.reset(DIMENSIONS)
    store.upsert([point(number) for number in range(600)])
    store.upsert([point(7)])
    assert store.count() == 600
    store.delete([7, 8, 9999])
    store.delete([])
    assert store.count() == 598
    assert 7 not in {each.id for each in store.search_dense(direction(7), 600, EVERYTHING)}


def test_filters(store: VectorStore) -> None:
    store.reset(DIMENSIONS)
    store.upsert(
        [
            point(1, path="/home/ana/notes/a.md"),
            point(2, path="/home/ana/b.pdf"),
            point(3, path="/home/ana/notes/c.pdf", tenant="eva"),
            point(4, path="/home/ana2/notes/a.md"),
        ]
    )

    def found(filters: Filters) -> set[int]:
        by_meaning = {each.id for each in store.search_dense(direction(1), 9, filters)}
        by_words = store.search_sparse(SparseVector((7,), (1.0,)), 9, filters)
        assert by_meaning == {each.id for each in by_words}
        return by_meaning

    assert found(Filters()) == {1, 2, 4}
    assert found(Filters(tenant="eva")) == {3}
    assert found(Filters(paths=("/home/ana",))) == {1, 2}
    assert found(Filters(paths=("/home/ana/b.pdf", "/home/ana2"))) == {2, 4}
    assert found(Filters(formats=("pdf",))) == {2}
    assert found(Filters(modified_from_s=2.0)) == {2, 4}
    assert found(Filters(modified_from_s=1.0, modified_before_s=2.0)) == {1}
    assert found(Filters(ids=(1, 3, 77))) == {1}
    assert found(Filters(ids=())) == set()
    assert found(Filters(paths=("/home/ana",), formats=("md",))) == {1}


def test_many_threads_write_and_read(store: VectorStore) -> None:
    store.reset(DIMENSIONS)

    def write(first: int) -> None:
        for number in range(first, first + 50, 10):
            store.upsert([point(each) for each in range(number, number + 10)])

    def read(_: int) -> None:
        for _ in range(20):
            store.search_dense(direction(1), 5, EVERYTHING)
            store.search_sparse(SparseVector((7,), (1.0,)), 5, EVERYTHING)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(0, 200, 50)))
        for done in [threads.submit(read, number) for number in range(4)]:
            done.result()
        for done in [threads.submit(write, first) for first in range(200, 400, 50)]:
            done.result()
    assert store.count() == 400


def test_a_server_that_fails_or_is_not_there_is_a_storage_error() -> None:
    with QdrantEmulator() as emulator:
        store = ServerStore(emulator.url, "sarai")
        emulator.failing = True
        with pytest.raises(StorageError, match="told to fail"):
            store.count()
    with pytest.raises(StorageError, match=r"qdrant_url"):
        store.count()
    store.close()
