"""Texts that say the same.

Owns three degrees: equal, equal but for form, and near. Near ones are only ever linked, and
never when a number, a negation or a name differs: at a cosine of .95 most pairs of sentences
that differ in one number count as equal ("3 pm", "4 pm").
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.retrieval.facts import facts

DIGEST_BYTES = 16

_SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-"})


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
    said = "\0".join((normalised(text), *facts(text)))
    return hashlib.blake2b(said.encode(errors="replace"), digest_size=DIGEST_BYTES).digest()


def may_be_near(one: str, other: str) -> bool:
    """Whether numbers, negations and names agree: without that no similarity counts."""
    return facts(one) == facts(other)


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
