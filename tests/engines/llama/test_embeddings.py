"""Texts to vectors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Capabilities, GenerationRequest, Message
from core.errors import ContextOverflow, InvalidInput, ModelFileInvalid, ModelLacksModality
from tests.engines.contract import answer
from tests.engines.llama.conftest import Models, Open, lent_llama, spec_for

TEXTS = ["the cat sat", "hello world", "the dog"]


@pytest.fixture(scope="module")
def embedder(models: Models) -> Iterator[LlamaEngine]:
    with lent_llama(spec_for(models.embeddings, embeddings=True)) as engine:
        yield engine


def test_vectors_are_normalised_and_keep_the_order(embedder: LlamaEngine) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (3, 64)
    assert vectors.dtype == np.float32
    assert vectors.flags.writeable
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(embedder.embed([text])[0], vector, atol=1e-5)
    assert vectors[0] @ vectors[1] < 0.99


def test_texts_of_mixed_lengths_keep_their_order(embedder: LlamaEngine) -> None:
    texts = ["a", "the cat sat " * 40, "world", "hello world " * 9, "", "the"]
    vectors = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=1e-5)
    np.testing.assert_allclose(embedder.embed(texts[::-1]), alone[::-1], atol=1e-5)
    assert (np.triu(vectors @ vectors.T, 1) < 0.999).all()


def test_a_causal_model_pools_as_its_file_says(models: Models, lend_llama: Open) -> None:
    engine = lend_llama(spec_for(models.causal_embeddings, embeddings=True))
    vectors = engine.embed([*TEXTS, TEXTS[0]])
    assert vectors.shape == (4, 128)
    np.testing.assert_allclose(vectors[0], vectors[3], atol=1e-5)
    assert vectors[0] @ vectors[1] < 0.99


def test_no_texts_give_no_vectors(embedder: LlamaEngine) -> None:
    assert embedder.embed([]).shape == (0, 64)


def test_a_text_longer_than_the_context_is_refused_and_hurts_nobody(embedder: LlamaEngine) -> None:
    assert embedder.context_tokens == 512
    fits = " ".join("a" * 510)
    assert embedder.embed([fits]).shape == (1, 64)
    with pytest.raises(ContextOverflow) as caught:
        embedder.embed(["hello", fits + " a"])
    assert caught.value.prompt_tokens == 513
    assert embedder.embed(["hello"]).shape == (1, 64)


def test_an_empty_text_is_refused_where_it_has_no_tokens(models: Models, lend_llama: Open) -> None:
    engine = lend_llama(spec_for(models.causal_embeddings, embeddings=True))
    with pytest.raises(InvalidInput, match="empty text"):
        engine.embed(["hello", ""])


def test_embedding_and_conversing_exclude_each_other(
    embedder: LlamaEngine, models: Models, lend_llama: Open
) -> None:
    assert embedder.capabilities == Capabilities(chat=False, embeddings=True, word_vectors=True)
    with pytest.raises(ModelLacksModality):
        answer(embedder, GenerationRequest((Message.text("user", "hola"),)))
    with pytest.raises(ModelLacksModality):
        embedder.count_tokens([Message.text("user", "hola")])
    with pytest.raises(ModelLacksModality):
        lend_llama(spec_for(models.scripted)).embed(["hola"])


def test_a_chat_model_is_no_embeddings_model(models: Models, open_llama: Open) -> None:
    with pytest.raises(ModelFileInvalid, match="does not pool"):
        open_llama(spec_for(models.random, embeddings=True))


def test_an_embeddings_model_is_no_chat_model(models: Models, open_llama: Open) -> None:
    with pytest.raises(ModelFileInvalid, match="is no chat model"):
        open_llama(spec_for(models.embeddings))
