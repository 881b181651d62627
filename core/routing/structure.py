"""What the form of a prompt says, whatever its words mean.

Owns code, formulas, length, years and questions as features; knows no vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CODE = re.compile(
    r"```|\bdef \w+\(|\bclass \w+[:({]|\bimport \w+|#include|=>|\bselect\b.+\bfrom\b"
    r"|\w+\([^()\n]*\);|\{\s*\n|</\w+>|traceback \(most|^\s*\$ \w+|\b\w+(?:error|exception):"
    r"|\bfor \w+ in \w+|\w\[\w*\]|[!=]=|&&|;\s*$",
    re.MULTILINE,
)
_FORMULA = re.compile(
    r"[a-z]\s*\^\s*\d|\d\s*[a-z]\s*[-+=]|\b[a-z]\s*=\s*\d|[∫∑√∂²³]|\b[a-z]\([a-z]\)|\d\s*[-+*/=]\s*\d"
)
_THIS_AGE = re.compile(r"\b20(?:2[4-9]|3\d)\b")
_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r"[\"“«](?:[^\"”»]{3,})[\"”»]")

LONG_WORDS = 40
VERY_LONG_WORDS = 120


def form_of(text: str, word_count: int) -> Iterator[str]:
    """The names of what the form of `text` shows; case does not matter."""
    lowered = text.lower()
    if _CODE.search(lowered):
        yield "source code"
    if _FORMULA.search(lowered):
        yield "a formula"
    if _THIS_AGE.search(text):
        yield "a recent year"
    if _QUOTED.search(text):
        yield "a quotation"
    numbers = len(_NUMBER.findall(text))
    if numbers:
        yield "numbers" if numbers > 2 else "a number"
    if "\n" in text.strip():
        yield "several lines"
    yield from _length(word_count)


def _length(word_count: int) -> Iterator[str]:
    if word_count >= LONG_WORDS:
        yield "a long prompt"
    if word_count >= VERY_LONG_WORDS:
        yield "a very long prompt"
