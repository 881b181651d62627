"""Sentences that differ in one number, one negation or one name: none may count as a repeat.

Owns the making of the pairs from sentences of XQuAD. Each pair is given the same vector, as
if an encoder had found them equal: what keeps them apart is the rule alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.report import Figure, not_measured
from benchmarks.retrieval.sets import read_set
from core.retrieval.duplicates import find_duplicates

LANGUAGES = ("en", "es")
_NUMBER = re.compile(r"\d+")
_NEGATED = {
    "en": (
        (" is ", " is not "),
        (" was ", " was not "),
        (" are ", " are not "),
        (" were ", " were not "),
        (" can ", " cannot "),
        (" has ", " has never "),
    ),
    "es": (
        (" es ", " no es "),
        (" fue ", " no fue "),
        (" son ", " no son "),
        (" era ", " no era "),
        (" tiene ", " no tiene "),
        (" está ", " nunca está "),
    ),
}
_NAME = re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{3,}")


def measure(data: Path) -> Iterator[Figure]:
    """How many of the pairs were merged, of how many."""
    pairs: list[tuple[str, str, str]] = []
    for language in LANGUAGES:
        folder = data / "retrieval" / f"xquad-{language}-sent"
        if not folder.is_dir():
            yield not_measured("pairs merged", "", f"{folder} is not there")
            return
        for sentence in dict.fromkeys(read_set(folder).texts.values()):
            pairs += [(kind, sentence, other) for kind, other in _changed(sentence, language)]
    vector = np.full((2, 4), 0.5, dtype=np.float32)
    for kind in ("number", "negation", "name"):
        chosen = [(one, other) for each, one, other in pairs if each == kind]
        merged = sum(bool(find_duplicates(pair, vector)) for pair in chosen)
        name = f"pairs with another {kind} merged, of {len(chosen)}"
        yield Figure(name, merged, "", "0", merged == 0)


def _changed(sentence: str, language: str) -> Iterator[tuple[str, str]]:
    if number := _NUMBER.search(sentence):
        other = str(int(number.group()) + 1)
        yield "number", sentence[: number.start()] + other + sentence[number.end() :]
    for plain, negated in _NEGATED[language]:
        if plain in sentence:
            yield "negation", sentence.replace(plain, negated, 1)
            break
    if name := _NAME.search(sentence):
        yield "name", sentence[: name.start()] + "Zacarías" + sentence[name.end() :]
