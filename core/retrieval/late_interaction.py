"""How near the words of a question are to those of a passage, one by one.

Owns the score and the vectors of words that are remembered for it; knows nothing of stores.
The vectors are those of the embedding model's input table, so that no model is evaluated.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from core.cancellation import Cancellation
from core.model_pool import ModelPool
from core.retrieval.embeddings import Encoder
from core.retrieval.stores.protocol import Vector
from core.retrieval.terms import SearchWord, search_words

REMEMBERED_WORDS = 8192


class LateInteraction:
    """Scores by an encoder's vectors of words. Safe among threads."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._identity = ""
        self._known: dict[str, Vector] = {}
        self._without = ""

    def scores(
        self,
        encoder: Encoder,
        question: Mapping[SearchWord, float],
        texts: Sequence[str],
        cancel: Cancellation | None = None,
    ) -> list[float] | None:
        """For each text the mean, over the question's words, of the nearest word's cosine.

        `question` gives each word's weight in that mean. A text without words has 0. None for an
        encoder without vectors of words.

        Source: Khattab and Zaharia, "ColBERT" (2020): MaxSim, there of evaluated tokens.

        Raises: ModelError, Cancelled.
        """
        asked = [word.spelled for word in question]
        said = [[word.spelled for word in search_words(text)] for text in texts]
        known = self._vectors(
            encoder, {*asked, *(word for words in said for word in words)}, cancel
        )
        if known is None:
            return None
        weights = np.array(list(question.values()))
        towards = np.stack([known[word] for word in asked]).T * (weights / weights.sum())
        return [
            float(
                (np.stack([known[word] for word in words]) @ towards).max(axis=0, initial=0).sum()
            )
            if words
            else 0.0
            for words in said
        ]

    def _vectors(
        self, encoder: Encoder, words: AbstractSet[str], cancel: Cancellation | None
    ) -> dict[str, Vector] | None:
        with self._lock:
            if encoder.identity == self._without:
                return None
            if encoder.identity != self._identity or len(self._known) > REMEMBERED_WORDS:
                self._identity, self._known = encoder.identity, {}
            found = {word: self._known[word] for word in words if word in self._known}
        if missing := sorted(words - found.keys()):
            with self._pool.lease(encoder.name, cancel=cancel) as engine:
                if not engine.capabilities.word_vectors:
                    self._without = encoder.identity
                    return None
                new = dict(zip(missing, engine.word_vectors(missing), strict=True))
            self._remember(encoder, new)
            found |= new
        return found

    def _remember(self, encoder: Encoder, new: dict[str, Vector]) -> None:
        with self._lock:
            if encoder.identity == self._identity:
                self._known |= new
