"""Vectors."""

from __future__ import annotations

import numpy as np
import pytest

from core.engines.ollama import OllamaEngine
from core.errors import (
    ContextOverflow,
    ModelLacksModality,
)
from tests.ollama_emulator import (
    OllamaEmulator,
)


def test_embeddings_are_unit_rows_in_order(embedder: OllamaEngine, server: OllamaEmulator) -> None:
    texts = [f"texto número {number}" for number in range(70)]
    matrix = embedder.embed(texts)
    assert matrix.shape == (70, 16)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(matrix[42], embedder.embed([texts[42]])[0], atol=1e-6)
    bodies = [request.body for request in server.requests("/api/embed")]
    assert [len(body["input"]) for body in bodies] == [32, 32, 6, 1]
    assert all(body["truncate"] is False for body in bodies)


def test_no_texts_give_no_rows(embedder: OllamaEngine, server: OllamaEmulator) -> None:
    assert embedder.embed([]).shape == (0, 16)
    assert server.requests("/api/embed") == []


@pytest.mark.parametrize("text", ["palabra " * 65, "¿?" * 40])
def test_a_text_that_is_too_long_is_refused_not_cut(embedder: OllamaEngine, text: str) -> None:
    with pytest.raises(ContextOverflow):
        embedder.embed(["corto", text])


def test_a_chat_model_does_not_embed(engine: OllamaEngine) -> None:
    with pytest.raises(ModelLacksModality, match="embeddings"):
        engine.embed(["hola"])
