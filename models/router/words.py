"""The words of the training texts: which are known, and which of them are worth a guess.

Owns those two lists, by which mistyped words are read (`core.text.spelling`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from core.text.folding import folded_words
from core.text.lexicon import Lexicon
from core.text.spelling import FEWEST_LETTERS, Spelling
from models.router.permissive import all_texts
from models.router.prompts import Example

FEWEST_PROMPTS = 3
"""A word of fewer prompts tells little, unless a cue knows it."""
FEWEST_ROWS = 3
"""A word of fewer rows of the public sets may itself be mistyped."""


class Words(NamedTuple):
    """`telling`, the most frequent first, and all that are `known`, in alphabetical order."""

    telling: list[str]
    known: list[str]

    def spelling(self) -> Spelling:
        return Spelling(self.telling, frozenset(self.known))


def words_of(written: Sequence[Example], folder: Path, lexicon: Lexicon) -> Words:
    """The words of the prompts, of the cues, and of the public sets in `folder`."""
    counts = _counts(each.text for each in written)
    public = {word for word, rows in _counts(all_texts(folder)).items() if rows >= FEWEST_ROWS}
    cued = {word for phrase in lexicon.cues.phrases() for word in phrase}
    cued |= {word for word in counts if lexicon.cues.find([word])}
    telling = [
        word
        for word in sorted(cued | counts.keys(), key=lambda word: (-counts[word], word))
        if word.isalpha()
        and len(word) >= FEWEST_LETTERS
        and (counts[word] >= FEWEST_PROMPTS or word in cued)
    ]
    return Words(telling, sorted(cued | counts.keys() | public))


def _counts(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in set(folded_words(text)))
