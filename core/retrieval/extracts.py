"""An answer without a model: the sentences of the passages that are nearest to a question.

Owns which sentences, and their order; knows nothing of how they were found.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.retrieval.facts import numbers
from core.retrieval.orders import LEFT_OUT, without_orders
from core.retrieval.passage import Passage
from core.retrieval.sentences import sentences
from core.retrieval.terms import SearchWord, search_words

MOST = 3
MOST_SIGNS = 400
MOST_WORDS = 0.6


def extracts(question: str, passages: Sequence[Passage]) -> list[tuple[int, str]]:
    """From each of the best passages the sentence with most of the question's words.

    Gives the passage's number (from 1) and the sentence, verbatim but for line breaks; a
    passage with none of the words gives none, but for the first, which gives its beginning.
    Orders to an assistant are left out, with what follows them.
    """
    asked = set(search_words(question))
    found = []
    for number, passage in enumerate(passages[:MOST], start=1):
        said = [each for each in sentences(without_orders(passage.text)) if each != LEFT_OUT]
        best = max(said, key=lambda each: _nearness(question, each), default="")
        if best and (number == 1 or _shared(asked, best)):
            found.append((number, shortened(best)))
    return found


def nearest(question: str, found: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Of extracts those that are as near as the best; none without a word of the question."""
    shares = [_nearness(question, sentence) for _, sentence in found]
    best = max(shares, default=0)
    return [each for each, share in zip(found, shares, strict=True) if best and share == best]


def shortened(sentence: str) -> str:
    """A line of data may have no end."""
    if len(sentence) <= MOST_SIGNS:
        return sentence
    return f"{sentence[:MOST_SIGNS].rsplit(None, 1)[0]} […]"


def holds_most(question: str, text: str) -> bool:
    """Whether most words of `question` stand in `text`, so that it seems to answer it."""
    asked = set(search_words(question))
    return bool(asked) and _shared(asked, text) >= MOST_WORDS * len(asked)


def _nearness(question: str, said: str) -> int:
    """Words in common; numbers count twice, since few sentences hold the same."""
    return _shared(set(search_words(question)), said) + len({*numbers(question)} & {*numbers(said)})


def _shared(asked: set[SearchWord], said: str) -> int:
    return len(asked & set(search_words(said)))
