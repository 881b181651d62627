"""How likely the model found each token of an answer.

Owns the figures of one answer; knows nothing of how its tokens are chosen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.native.vocabulary import Vocabulary
from core.engines.protocol import TokenLogprob


class Logprobs:
    """Keeps one `TokenLogprob` for each token; the token that ends an answer is none of it.

    Args:
        top: how many alternatives to keep for each token.
    """

    def __init__(self, vocabulary: Vocabulary, top: int) -> None:
        self._vocabulary = vocabulary
        self._top = min(top, vocabulary.size)
        self.tokens: list[TokenLogprob] = []

    def add(self, token: int, logits: NDArray[np.float32]) -> None:
        """`token` was chosen; `logits` are the scores of every token in its place."""
        if self._vocabulary.ends_answer(token):
            return
        highest = float(logits.max())
        total = highest + float(np.log(np.exp(logits - highest, dtype=np.float64).sum()))
        likeliest = np.argpartition(logits, -self._top)[-self._top :]
        likeliest = likeliest[np.argsort(-logits[likeliest], kind="stable")]
        top = tuple((self._text(int(each)), float(logits[each]) - total) for each in likeliest)
        self.tokens.append(TokenLogprob(self._text(token), float(logits[token]) - total, top))

    def _text(self, token: int) -> str:
        return self._vocabulary.piece(token, special=True).decode("utf-8", "replace")
