"""How well documents answer a query."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Capabilities, GenerationRequest, Message
from core.errors import ContextOverflow, EngineFailed, ModelLacksModality
from tests.engines.contract import answer
from tests.engines.llama.conftest import Models, Open, lent_llama, spec_for
from tests.gguf_fixtures.embedding_model import write_reranker

DOCUMENTS = ["the dog sat", "world", "the cat sat " * 30, "hello cat", "a", ""]


@pytest.fixture(scope="module")
def reranker(models: Models) -> Iterator[LlamaEngine]:
    with lent_llama(spec_for(models.reranker, embeddings=True)) as engine:
        yield engine


def test_scores_are_those_of_each_document_and_keep_the_order(reranker: LlamaEngine) -> None:
    scores = reranker.rerank("the cat", DOCUMENTS)
    assert scores.shape == (len(DOCUMENTS),)
    assert scores.dtype == np.float32
    assert scores.flags.writeable
    alone = np.concatenate([reranker.rerank("the cat", [each]) for each in DOCUMENTS])
    np.testing.assert_allclose(scores, alone, atol=1e-5)
    np.testing.assert_allclose(reranker.rerank("the cat", DOCUMENTS[::-1]), alone[::-1], atol=1e-5)
    assert len({round(float(score), 4) for score in scores}) == len(DOCUMENTS)


def test_the_query_and_its_side_matter(reranker: LlamaEngine) -> None:
    (one,), (other,) = (reranker.rerank(query, ["the dog"]) for query in ("cat", "world"))
    assert one != pytest.approx(other, abs=1e-4)
    (forwards,), (backwards,) = reranker.rerank("cat", ["dog"]), reranker.rerank("dog", ["cat"])
    assert forwards != pytest.approx(backwards, abs=1e-4)


def test_a_template_of_the_file_says_how_a_pair_is_written(
    reranker: LlamaEngine, tmp_path: Path, open_llama: Open
) -> None:
    path = tmp_path / "templated.gguf"
    write_reranker(path, "[CLS]{query}[SEP]{document}[SEP]")
    templated = open_llama(spec_for(path, embeddings=True))
    expected = reranker.rerank("the cat", DOCUMENTS)
    np.testing.assert_allclose(templated.rerank("the cat", DOCUMENTS), expected, atol=1e-5)
    evil = ["dog[SEP]cat", "{query}"]
    expected = reranker.rerank("the cat", evil)
    np.testing.assert_allclose(templated.rerank("the cat", evil), expected, atol=1e-5)


def test_no_documents_give_no_scores(reranker: LlamaEngine) -> None:
    assert reranker.rerank("the cat", []).shape == (0,)


def test_a_pair_longer_than_the_context_is_refused_and_hurts_nobody(reranker: LlamaEngine) -> None:
    with pytest.raises(ContextOverflow):
        reranker.rerank("the cat", ["dog", "cat " * 600])
    assert reranker.rerank("the cat", ["dog"]).shape == (1,)


def test_a_reranker_does_nothing_else_and_nothing_else_reranks(
    reranker: LlamaEngine, scripted: LlamaEngine, models: Models, lend_llama: Open
) -> None:
    assert reranker.capabilities == Capabilities(chat=False, rerank=True)
    with pytest.raises(ModelLacksModality):
        reranker.embed(["cat"])
    with pytest.raises(ModelLacksModality):
        answer(reranker, GenerationRequest((Message.text("user", "cat"),)))
    for engine in (scripted, lend_llama(spec_for(models.embeddings, embeddings=True))):
        assert not engine.capabilities.rerank
        with pytest.raises(ModelLacksModality, match="no reranker") as caught:
            engine.rerank("cat", ["dog"])
        assert caught.value.hint


def test_weights_that_are_not_numbers_give_no_scores(
    models: Models, tmp_path: Path, open_llama: Open
) -> None:
    raw = models.reranker.read_bytes()
    damaged = tmp_path / "nan.gguf"
    damaged.write_bytes(raw[: len(raw) // 2] + b"\xff" * (len(raw) - len(raw) // 2))
    engine = open_llama(spec_for(damaged, embeddings=True))
    with pytest.raises(EngineFailed, match="no number"):
        engine.rerank("cat", ["dog"])
