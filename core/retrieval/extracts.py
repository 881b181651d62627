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


def nearest(question: str, passages: Sequence[Passage]) -> list[tuple[int, str]]:
    """Of all sentences of the best passages those with most of the question's words, three at most.

    Gives the passage's number (from 1) and the sentence, verbatim but for line breaks. Where none
    has a word of the question, the passages were found by meaning: then the first sentence of all.
    Orders to an assistant are left out, with what follows them.
    """
    said = [(number, each) for number, it in enumerate(passages[:MOST], 1) for each in _said(it)]
    shares = [_nearness(question, sentence) for _, sentence in said]
    best = max(shares, default=0)
    near = [each for each, share in zip(said, shares, strict=True) if share == best]
    return [(number, shortened(each)) for number, each in near[: MOST if best else 1]]


def shortened(sentence: str) -> str:
    """A line of data may have no end."""
    if len(sentence) <= MOST_SIGNS:
        return sentence
    return f"{sentence[:MOST_SIGNS].rsplit(None, 1)[0]} […]"


def holds_half(question: str, text: str) -> bool:
    """Whether half of the words of `question` stand in `text`, so that it may well answer it.

    So did four in five of the sentences that do, and one in ten of those quoted where no document
    held the answer (docs/measurements.md).
    """
    asked = set(search_words(question))
    return bool(asked) and _shared(asked, text) * 2 >= len(asked)


def _said(passage: Passage) -> list[str]:
    return [each for each in sentences(without_orders(passage.text)) if each != LEFT_OUT]


def _nearness(question: str, said: str) -> int:
    """Words in common; numbers count twice, since few sentences hold the same."""
    return _shared(set(search_words(question)), said) + len({*numbers(question)} & {*numbers(said)})


def _shared(asked: set[SearchWord], said: str) -> int:
    return len(asked & set(search_words(said)))
