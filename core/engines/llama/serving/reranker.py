"""How well documents answer a query.

Owns the pairs that a cross-encoder reads; knows nothing of chats and vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from core.engines.llama.native.model import NativeModel
from core.errors import EngineFailed

TEMPLATE_NAME = b"rerank"
"""The chat template of that name holds `{query}` and `{document}`. Source: llama.cpp's server."""


def is_reranker(model: NativeModel) -> bool:
    """Whether the model's file says that it scores texts."""
    return bool(llama.llama_pooling_type(model.context) == llama.LLAMA_POOLING_TYPE_RANK)


class Reranker:
    """One score per document; the first output of the model's classifier."""

    def __init__(self, model: NativeModel) -> None:
        self._model = model
        raw = llama.llama_model_chat_template(model.model, TEMPLATE_NAME)
        self._template = None if raw is None else raw.decode("utf-8", "replace")

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        """Scores, shape (len(documents),), in the order of `documents`.

        Raises: ContextOverflow, EngineFailed.
        """
        pairs = [self._pair(query, document) for document in documents]
        for pair in pairs:
            self._model.require_fits(pair)
        scores = np.array([self._model.encode(pair, 1)[0] for pair in pairs], dtype=np.float32)
        if not np.isfinite(scores).all():
            raise EngineFailed(
                f"{self._model.name} computed a score that is no number.",
                model=self._model.name,
                hint="The model's file is damaged; download it again.",
            )
        return scores

    def _pair(self, query: str, document: str) -> list[int]:
        vocabulary = self._model.vocabulary
        texts = {"{query}": query, "{document}": document}
        if self._template is not None:
            guard = vocabulary.guard
            parts = re.split(r"(\{query\}|\{document\})", self._template)
            filled = (guard.guarded(texts[part]) if part in texts else part for part in parts)
            return vocabulary.tokenize_pieces(guard.pieces("".join(filled)), add_special=False)
        first, second = (
            vocabulary.tokenize(text, parse_special=False, add_special=False)
            for text in texts.values()
        )
        return vocabulary.joined(first, second)
