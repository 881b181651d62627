"""Where in the picture each token of an answer is to be read off: help for training only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.nano.vision.questions import WHOLE, Asked

FIRST_LETTER = 1000
"""The code of the first letter of the word; the others follow."""

ORDER_FIELDS = slice(4, 6)
"""Of the labels of patches: the numbers of the letters in both halves."""

PATCHES = 4
"""In a token."""


Codes = tuple[int, ...]
"""Of what a token is read off: the numbers of things, WORD, or the code of a letter."""


def glances(asked: Asked, spans: Sequence[tuple[int, int]], word: range) -> list[Codes]:
    """The codes of each token of an answer; none where it is read off nothing.

    Args:
        spans: first character of each token and the one after its last.
        word: the characters of the printed word, each of which is a token.
    """
    codes: list[Codes] = [()] * len(spans)
    text, searched = asked.answer.casefold(), 0
    for piece, things in asked.read:
        start = 0 if piece == WHOLE else max(0, text.find(piece.casefold(), searched))
        end = len(text) if piece == WHOLE else start + len(piece)
        searched = end
        for place, span in enumerate(spans):
            if span[0] < end and start < span[1]:
                codes[place] = things
    for place, span in enumerate(spans):
        if span[0] in word:
            codes[place] = (FIRST_LETTER + span[0] - word.start,)
    return codes


def places(
    codes: Codes, centres: Sequence[int], patch_labels: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The tokens of the picture that codes stand for; none where they have none."""
    if codes and codes[0] >= FIRST_LETTER:
        orders = patch_labels.reshape(-1, PATCHES, patch_labels.shape[-1])[..., ORDER_FIELDS]
        return np.flatnonzero((orders == codes[0] - FIRST_LETTER + 1).any((1, 2)))
    # The word comes after all shapes.
    return np.array([centres[code] for code in codes] if centres else [], np.int64)
