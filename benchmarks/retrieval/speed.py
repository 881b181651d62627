"""What indexing again, embedding again and searching cost. Knows nothing of quality."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.report import Figure, median_figure, not_measured
from benchmarks.retrieval.parts import Parts
from core.model_pool import ModelPool
from core.retrieval.index import DocumentIndex
from core.retrieval.sparse import SparseVector
from core.retrieval.stores.embedded import EmbeddedStore
from core.retrieval.stores.protocol import Filters, Payload, Point
from core.settings import load_settings
from core.storage.folder import open_data_folder

FILES = 2000
TEXTS = 100
DIMENSIONS = 384
QUERIES = 100
TERMS = 60  # of a passage with its context
VOCABULARY = 50_000


def measure(made: Parts, points: list[int]) -> Iterator[Figure]:
    yield from _unchanged()
    if made.encoder is None:
        yield not_measured("cached against uncached embedding", "x", "no model's file")
    else:
        yield _cached(made)
    for count in points:
        yield _store(count)


def _seconds(work: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def _unchanged() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "documents")
        folder.mkdir()
        for number in range(FILES):
            (folder / f"{number}.md").write_text(f"# Nota {number}\n\nSobre {number} cosas.\n")
        settings = load_settings(environ={"SARAI__OLLAMA__BASE_URL": "http://127.0.0.1:9"})
        pool = ModelPool(settings, open_data_folder(Path(scratch, "home")))
        with DocumentIndex(pool) as index:
            first_s = _seconds(lambda: index.index([folder]))
            again_s = [_seconds(lambda: index.index([folder])) for _ in range(3)]
        pool.close()
    yield Figure(f"first index of {FILES} files, by words", first_s, "s")
    yield median_figure(f"index again of {FILES} unchanged files", again_s, "s", at_most=2)


def _cached(made: Parts) -> Figure:
    encoder = made.encoder
    if encoder is None:
        raise LookupError("There is no encoder.")
    stamp = time.time_ns()
    texts = [
        f"Text {number} of {stamp}, which nobody has embedded before." for number in range(TEXTS)
    ]
    made.embeddings.vectors(encoder, [f"the model is loaded before {stamp}"])
    uncached_s = _seconds(lambda: made.embeddings.vectors(encoder, texts))
    cached_s = [_seconds(lambda: made.embeddings.vectors(encoder, texts)) for _ in range(5)]
    factors = [uncached_s / each for each in cached_s]
    return median_figure(f"{TEXTS} cached texts against uncached", factors, "x", at_least=20)


def _store(count: int) -> Figure:
    """p95 of one search by meaning and one by words, exact, on random vectors."""
    chance = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as scratch:
        store = EmbeddedStore(Path(scratch, "vectors"))
        store.reset(DIMENSIONS)
        for first in range(0, count, 1000):
            store.upsert([_point(number, chance) for number in range(first, first + 1000)])
        taken_ms = []
        for _ in range(QUERIES):
            dense, sparse = _direction(chance), _terms(chance, 8)
            started_s = time.perf_counter()
            store.search_dense(dense, 100, Filters())
            store.search_sparse(sparse, 100, Filters())
            taken_ms.append(1000 * (time.perf_counter() - started_s))
        store.close()
    p95 = float(np.percentile(taken_ms, 95))
    goal = 5 if count <= 10_000 else 40
    name = f"words and meaning in the store, {count} points, p95"
    spread = (min(taken_ms), max(taken_ms))
    return Figure(name, p95, "ms", f"<= {goal}", p95 <= goal, spread)


def _point(number: int, chance: np.random.Generator) -> Point:
    payload = Payload("", f"/documents/{number // 20}.md", "markdown", 0.0)
    return Point(number, _terms(chance, TERMS), payload, _direction(chance))


def _direction(chance: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = chance.normal(size=DIMENSIONS).astype(np.float32)
    return vector / np.linalg.norm(vector)


def _terms(chance: np.random.Generator, count: int) -> SparseVector:
    """Terms as they are in texts: a few are in many passages, most in few."""
    found = np.unique(chance.zipf(1.3, count) % VOCABULARY)
    return SparseVector(tuple(int(term) for term in found), (1.0,) * len(found))
