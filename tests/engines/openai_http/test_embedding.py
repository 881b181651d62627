"""Vectors."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.engines.openai_http import OpenAIEngine
from core.errors import ContextOverflow, EngineFailed, ModelLacksModality
from tests.openai_emulator import OpenAIEmulator, Refuse

PATH = "/v1/embeddings"


def test_embeddings_are_unit_rows_in_order(embedder: OpenAIEngine, server: OpenAIEmulator) -> None:
    """The emulator sends them in the opposite order, told by their indices."""
    texts = [f"texto número {number}" for number in range(70)]
    matrix = embedder.embed(texts)
    assert matrix.shape == (70, 16)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(matrix[42], embedder.embed([texts[42]])[0], atol=1e-6)
    bodies = [request.body for request in server.requests(PATH)]
    assert [len(body["input"]) for body in bodies] == [32, 32, 6, 1]
    assert all(body["encoding_format"] == "float" for body in bodies)


def test_no_texts_give_no_rows(embedder: OpenAIEngine, server: OpenAIEmulator) -> None:
    assert embedder.embed([]).shape == (0, 0)
    assert server.requests(PATH) == []
    embedder.embed(["hola"])
    assert embedder.embed([]).shape == (0, 16)


@pytest.mark.parametrize("text", ["palabra " * 65, "¿?" * 40])
def test_a_text_that_is_too_long_is_refused(embedder: OpenAIEngine, text: str) -> None:
    with pytest.raises(ContextOverflow):
        embedder.embed(["corto", text])


def test_a_chat_model_does_not_embed(engine: OpenAIEngine) -> None:
    with pytest.raises(ModelLacksModality, match="embeddings"):
        engine.embed(["hola"])


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [float("nan")]}],
        [{"index": 0, "embedding": "AAAA"}, {"index": 1, "embedding": "AAAA"}],
        [{"embedding": [1.0]}, {"embedding": [1.0]}],
        None,
    ],
)
def test_vectors_that_do_not_fit_the_texts_are_a_failure(
    embedder: OpenAIEngine, server: OpenAIEmulator, data: Any
) -> None:
    server.fail_next(Refuse(200, json.dumps({"data": data})), PATH)
    with pytest.raises(EngineFailed, match="does not answer as"):
        embedder.embed(["uno", "dos"])
