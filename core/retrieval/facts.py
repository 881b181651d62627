"""What must agree between two texts that say the same: numbers, negations and names.

Owns the words that are such facts; knows nothing of what is compared.
"""

from __future__ import annotations

import re

from core.retrieval.terms import STOP_WORDS
from core.text.folding import fold

# A number with its sign and unit sign; a word, with its case.
_FACT = re.compile(
    r"[-+−±<>≤≥~≈$€£¥]*\s?\d+(?:[.,:/]\d+)*\s?[%°$€£¥‰]?|[^\W\d_]+(?:['’-][^\W\d_]+)*"
)
_NEGATIONS_TEXT = """
    no not never none nobody nothing nowhere neither nor without cannot can't won't don't
    doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't wouldn't shouldn't couldn't
    mustn't needn't ain't unless hardly nunca jamas nadie nada ningun ninguno ninguna ningunos
    ningunas ni sin tampoco apenas
"""
_NEGATIONS = frozenset(_NEGATIONS_TEXT.split())
_NUMBER_WORDS_TEXT = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
    ninety hundred thousand million billion half third quarter double first second once twice
    cero un uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce
    quince dieciseis diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta
    setenta ochenta noventa cien ciento cientos doscientos trescientos quinientos mil millon
    millones medio media tercio cuarto doble primer primero primera segundo segunda tercero
    tercera
"""
_NUMBER_WORDS = frozenset(_NUMBER_WORDS_TEXT.split())
_DIGITS = re.compile(r"\d+(?:[.,:/]\d+)*")
_INNER_NAME = re.compile(r"(?<=[^\W_][ ,;])[^\W\d_a-zà-ÿ][^\W\d_]+")


def facts(text: str) -> tuple[str, ...]:
    """What must agree, in its order: numbers in digits and words, negations, and names.

    A name is any word with a capital in it that is no function word: also one at the
    beginning of a sentence, since that may be a name as well.
    """
    facts = []
    for found in _FACT.finditer(text):
        said = found.group()
        word = fold(said)
        if any(sign.isdigit() for sign in said):
            facts.append("".join(said.split()))
        elif is_negation(word):
            facts.append("not")
        elif word in _NUMBER_WORDS or (said != said.lower() and word not in STOP_WORDS):
            facts.append(word)
    return tuple(facts)


def numbers(text: str) -> list[str]:
    """Numbers in digits, without their signs."""
    return _DIGITS.findall(text)


def names(text: str) -> set[str]:
    """Words with a capital within a sentence, folded: at its beginning any word has one."""
    return {fold(found) for found in _INNER_NAME.findall(text)}


def is_negation(word: str) -> bool:
    """Whether a folded word negates."""
    return word in _NEGATIONS or word.endswith("n't")


def negates(text: str) -> bool:
    """Whether anything in it is negated."""
    return "not" in facts(text)
