"""An answer without a model: the sentences of the passages that are nearest to a question.

Owns which sentences, and their order; knows nothing of how they were found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.retrieval.passage import Passage
from core.retrieval.terms import SearchWord, search_words

MOST = 3
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def extracts(question: str, passages: Sequence[Passage]) -> list[tuple[int, str]]:
    """From each of the best passages the sentence with most of the question's words.

    Gives the passage's number (from 1) and the sentence, verbatim; a passage with none of the
    words gives none, but for the first, which gives its beginning.
    """
    asked = set(search_words(question))
    found = []
    for number, passage in enumerate(passages[:MOST], start=1):
        sentences = filter(None, map(str.strip, _SENTENCE_END.split(passage.text)))
        best = max(sentences, key=lambda said: _shared(asked, said), default="")
        if best and (number == 1 or _shared(asked, best)):
            found.append((number, best))
    return found


def _shared(asked: set[SearchWord], said: str) -> int:
    return len(asked & set(search_words(said)))
