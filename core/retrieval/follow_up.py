"""A question that only makes sense after the one before it, made whole for a search.

Owns how such a question is told and what it takes from the conversation; knows nothing of
models: the words are the user's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.retrieval.terms import search_words
from core.state import PastTurn
from core.text.folding import fold, folded_words

FEW_WORDS = 2
"""A bare question ("Why?") with fewer words of its own says too little to search for."""

POINTING_WORDS = 3
"""One with a word that points back may have so many and still need the one before."""

LOOKED_BACK = 2  # turns

_CONTINUES = re.compile(
    r"\W*(?:y|e|and|but|pero|entonces|then|so|what about|how about|que hay de)\b"
)
_BARE = re.compile(
    r"\W*(?:por que|why|cuando|when|donde|where|quien|who|cual|which|cuant[oa]s?|"
    r"how (?:much|many|long|often|far))\b"
)
_POINTING_TEXT = """
    it its he him his she her hers they them their theirs those these there one ones
    eso esa ese esos esas esto estos estas aquello aquel aquella ello ellos ellas ella alli
    ahi suyo suya mismo misma otro otra
"""
_POINTING = frozenset(_POINTING_TEXT.split())
_TO_SARAI = frozenset({"tu", "ti", "you", "your"})


def earlier_question(question: str, history: Sequence[PastTurn]) -> str:
    """The question of the conversation that `question` continues; "" for one that stands alone.

    What SARAi answered is left out, since a wrong answer would be searched for.
    """
    if not history or not _continues(question):
        return ""
    recent = [turn["user"] for turn in reversed(history[-LOOKED_BACK:])]
    return next((each for each in recent if not _continues(each)), recent[0])


def whole_question(question: str, history: Sequence[PastTurn]) -> str:
    """`question`, with the one that it continues before it."""
    return f"{earlier_question(question, history)}\n{question}".lstrip("\n")


def _continues(question: str) -> bool:
    own, words = len(set(search_words(question))), frozenset(folded_words(question))
    if words & _TO_SARAI:
        return False
    plain = fold(question)
    points = bool(words & _POINTING) and own <= POINTING_WORDS
    return points or bool(_CONTINUES.match(plain)) or (own < FEW_WORDS and bool(_BARE.match(plain)))
