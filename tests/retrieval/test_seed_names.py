"""The names of the seeds, on the one implementation, and reranking behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import core.retrieval
from core.errors import ModelUnavailable
from core.model_pool import get_model_pool
from core.retrieval import (
    deduplicate_documents,
    get_document_index,
    get_embeddings_batch,
    hybrid_search,
    retrieve_with_reranking,
)
from core.retrieval.reranking import rerank
from core.storage.folder import DataFolder
from tests.gguf_fixtures.embedding_model import write_reranker
from tests.retrieval.conftest import OpenIndex
from tests.retrieval.pools import encoder_keys, pool_with
from tests.virtual_clock import VirtualClock


@pytest.fixture
def shared_home(
    folder: DataFolder, encoder_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The process's own pool and index, on a data folder of the test's."""
    monkeypatch.setenv("SARAI_HOME", str(folder.root))
    for key, value in encoder_keys(encoder_file).items():
        monkeypatch.setenv("SARAI__" + key.upper().replace(".", "__"), str(value))
    get_model_pool().close()
    yield
    get_document_index().close()
    get_model_pool().close()


@pytest.mark.usefixtures("shared_home")
def test_the_seeds_names(tmp_path: Path) -> None:
    texts = ["uno dos tres", "a", "cuatro " * 400, "uno dos tres", "b"]
    vectors = get_embeddings_batch(texts)
    alone = np.concatenate([get_embeddings_batch([text]) for text in texts])
    assert vectors.tolist() == alone.tolist()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert get_embeddings_batch([]).shape[0] == 0

    found = deduplicate_documents(["el 3", "el 4", "el 3"], threshold=-1)
    assert [(each.index, each.of, each.kind) for each in found] == [(2, 0, "exact")]

    (tmp_path / "faro.md").write_text("El faro tiene luz.\n\nEl puerto no.\n\nOtro faro.\n")
    get_document_index().index([tmp_path / "faro.md"])
    assert "faro" in hybrid_search("faro", 2, alpha=0)[0].text
    assert len(hybrid_search("faro", top_k=3, alpha=0.5)) == 3
    assert len(retrieve_with_reranking("faro", top_k=3, rerank_top_k=1)) == 1


def test_without_a_model_duplicates_are_found_by_their_words(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI_HOME", str(folder.root))
    monkeypatch.setenv("SARAI__RUNTIME__PROFILE", "nano")
    get_model_pool().close()
    found = deduplicate_documents(["La caldera.", "la  caldera"])
    assert [(each.index, each.kind) for each in found] == [(1, "normalised")]
    with pytest.raises(ModelUnavailable):
        get_embeddings_batch(["x"])
    get_document_index().close()
    get_model_pool().close()


def test_other_names_are_no_names() -> None:
    with pytest.raises(AttributeError, match="nothing_here"):
        core.retrieval.nothing_here  # noqa: B018


class Ticking(VirtualClock):
    """Each look at it takes a second."""

    def now_s(self) -> float:
        self.advance(1.0)
        return super().now_s()


def test_reranking_is_whole_in_time_or_not_at_all(
    open_index: OpenIndex, folder: DataFolder, tmp_path: Path
) -> None:
    write_reranker(tmp_path / "reranker.gguf")
    for number in range(4):
        (tmp_path / f"{number}.md").write_text(f"The cat {'sat ' * number}.")
    index = open_index()
    index.index([tmp_path / "*.md"])
    passages = index.search("cat", 4).passages
    keys: dict[str, object] = {
        "models.embeddinggemma_300m.gguf_file": tmp_path / "reranker.gguf",
        "models.embeddinggemma_300m.sha256": "null",
        "models.embeddinggemma_300m.max_memory_mb": "null",
        "retrieval.rerank_model": "embeddinggemma_300m",
        "retrieval.rerank_timeout_s": 2,
    }
    pool = pool_with(folder, keys)
    ordered, note = rerank("the cat", passages, pool, VirtualClock())
    assert note == ""
    assert {each.path for each in ordered} == {each.path for each in passages}
    scores = [each.score for each in ordered]
    assert scores == sorted(scores, reverse=True)
    assert all(math.isfinite(score) for score in scores)

    late, note = rerank("the cat", passages, pool, Ticking())
    assert (late, "more than 2 s" in note) == (list(passages), True)
    pool.close()

    without = pool_with(folder, {"retrieval.rerank_model": "embeddinggemma_300m"})
    absent, note = rerank("the cat", passages, without, VirtualClock())
    assert (absent, "not installed" in note) == (list(passages), True)
    assert rerank("the cat", [], without, VirtualClock()) == ([], "")
    without.close()
