"""Texts that say the same.

Owns three degrees: equal, equal but for form, and near. Near ones are only ever linked, and
never when a number, a negation or a name differs: at a cosine of .95 most pairs of sentences
that differ in one number count as equal ("3 pm", "4 pm").
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.retrieval.terms import STOP_WORDS
from core.text.folding import fold

DIGEST_BYTES = 16

# A number with its sign and unit sign; a word, with its case.
_FACT = re.compile(
    r"[-+−±<>≤≥~≈$€£¥]*\s?\d+(?:[.,:/]\d+)*\s?[%°$€£¥‰]?|[^\W\d_]+(?:['’-][^\W\d_]+)*"
)
_SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-"})
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


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Document `index` repeats `of`, an earlier one. Only "near" ones are worth a look."""

    index: int
    of: int
    kind: str  # "exact", "normalised" or "near"
    similarity: float


def normalised(text: str) -> str:
    """The text without what is only form: case, blanks, kinds of quotes, a last full stop."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    return " ".join(plain.split()).rstrip(".").casefold()


def digest(text: str) -> bytes:
    """Equal for texts that are equal but for form and say the same of the same."""
    said = "\0".join((normalised(text), *_facts(text)))
    return hashlib.blake2b(said.encode(errors="replace"), digest_size=DIGEST_BYTES).digest()


def may_be_near(one: str, other: str) -> bool:
    """Whether numbers, negations and names agree: without that no similarity counts."""
    return _facts(one) == _facts(other)


def find_duplicates(
    texts: Sequence[str], vectors: NDArray[np.float32] | None = None, threshold: float = 0.95
) -> list[Duplicate]:
    """Every text that repeats an earlier one; each is held against those that do not.

    `vectors` are L2-normalised, one row for each text; without them no near ones are found.
    """
    found: list[Duplicate] = []
    originals: list[int] = []
    exact: dict[str, int] = {}
    by_form: dict[bytes, int] = {}
    for index, text in enumerate(texts):
        form = digest(text)
        if (of := exact.get(text)) is not None:
            found.append(Duplicate(index, of, "exact", 1.0))
        elif (of := by_form.get(form)) is not None:
            found.append(Duplicate(index, of, "normalised", 1.0))
        elif near := _nearest(index, originals, texts, vectors, threshold):
            found.append(near)
        else:
            originals.append(index)
            exact[text] = index
            by_form[form] = index
    return found


def _nearest(
    index: int,
    originals: Sequence[int],
    texts: Sequence[str],
    vectors: NDArray[np.float32] | None,
    threshold: float,
) -> Duplicate | None:
    if vectors is None or not originals:
        return None
    similarities = vectors[np.array(originals)] @ vectors[index]
    for place in np.argsort(-similarities, kind="stable"):
        similarity = float(similarities[place])
        if similarity < threshold:
            return None
        of = originals[place]
        if may_be_near(texts[index], texts[of]):
            return Duplicate(index, of, "near", similarity)
    return None


def _facts(text: str) -> tuple[str, ...]:
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
        elif word in _NEGATIONS or word.endswith("n't"):
            facts.append("not")
        elif word in _NUMBER_WORDS or (said != said.lower() and word not in STOP_WORDS):
            facts.append(word)
    return tuple(facts)
