"""Vectors of words from the input table of an embedding model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.engines.llama.engine import LlamaEngine
from core.errors import ModelLacksModality
from core.model_files.header import read_header
from core.model_files.rows import MatrixRows
from tests.engines.llama.conftest import Models, Open, spec_for
from tests.gguf_fixtures.embedding_model import CONTROL_TOKENS, WORDS

LETTERS = 94


@pytest.fixture
def embedder(models: Models, lend_llama: Open) -> LlamaEngine:
    return lend_llama(spec_for(models.embeddings, embeddings=True))


def row_of(path: Path, word: str) -> np.ndarray:
    """The row that the fixture's vocabulary gives a word, as a direction."""
    rows = MatrixRows(read_header(path, model="m"), "token_embd.weight")
    vector = rows.read([len(CONTROL_TOKENS) + 2 * LETTERS + WORDS.index(word)])[0]
    return np.asarray(vector / np.linalg.norm(vector))


def test_a_word_of_one_token_is_its_row(embedder: LlamaEngine, models: Models) -> None:
    vectors = embedder.word_vectors(["cat", "hello", "cat"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors[0], row_of(models.embeddings, "cat"), atol=1e-6)
    np.testing.assert_allclose(vectors[1], row_of(models.embeddings, "hello"), atol=1e-6)
    np.testing.assert_array_equal(vectors[0], vectors[2])


def test_a_word_of_several_tokens_is_near_each(embedder: LlamaEngine) -> None:
    both, first, other = embedder.word_vectors(["ab", "a", "z"])
    assert np.linalg.norm(both) == pytest.approx(1, abs=1e-5)
    assert both @ first > 0.4
    assert both @ first > both @ other


def test_a_word_without_tokens_has_no_direction(embedder: LlamaEngine) -> None:
    assert not embedder.word_vectors([""]).any()
    assert embedder.word_vectors([]).shape == (0, 64)


def test_a_reranker_has_none(models: Models, lend_llama: Open) -> None:
    engine = lend_llama(spec_for(models.reranker, embeddings=True))
    assert not engine.capabilities.word_vectors
    with pytest.raises(ModelLacksModality):
        engine.word_vectors(["cat"])
