"""What the form of a prompt says, whatever its words mean.

Owns code, formulas, length, years and questions as features; knows no vocabulary.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

OPENING_WORDS = 2  # a request says at its beginning what is to be done

# Each form with a sign that it cannot be without: most texts have none, and need no search.
_CODE = {
    "```": r"```",
    "def ": r"\bdef \w+\(",
    "class ": r"\bclass \w+[:({]",
    "import ": r"\bimport \w+",
    "#include": r"#include",
    "=>": r"=>",
    "select": r"\bselect\b.+\bfrom\b",
    ");": r"\w\([^()\n]*\);",
    "{": r"\{\s*\n",
    "</": r"</\w+>",
    "traceback (most": r"traceback \(most",
    "$ ": r"^\s*\$ \w+",
    "error:": r"\Berror:",
    "exception:": r"\Bexception:",
    "for ": r"\bfor \w+ in \w+",
    "[": r"\w\[\w*\]",
    "=": r"[!=]=",
    "&&": r"&&",
    ";": r";\s*$",
}
_FORMULA = {
    "^": r"[a-z]\s*\^\s*\d",
    "=": r"\b[a-z]\s*=\s*\d",
    "(": r"\b[a-z]\([a-z]\)",
    "": r"[∫∑√∂²³]|\d\s*(?:[a-z]\s*[-+=]|[-+*/=]\s*\d)",
}
_FORMS = {
    name: [(sign, re.compile(pattern, re.MULTILINE)) for sign, pattern in signs.items()]
    for name, signs in (("source code", _CODE), ("a formula", _FORMULA))
}
_THIS_AGE = re.compile(r"\b20(?:2[4-9]|3\d)\b")
_PAST_YEAR = re.compile(r"\b(?:1\d\d\d|20(?:[01]\d|2[0-3]))\b")
_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r"[\"“«](?:[^\"”»]{3,})[\"”»]")


def form_of(text: str, word_count: int) -> Iterator[str]:
    """The names of what the form of `text` shows; case does not matter."""
    lowered = text.lower()
    for name, signs in _FORMS.items():
        if any(sign in lowered and pattern.search(lowered) for sign, pattern in signs):
            yield name
    if _THIS_AGE.search(text):
        yield "a recent year"
    if _PAST_YEAR.search(text):
        yield "a past year"
    if _QUOTED.search(text):
        yield "a quotation"
    numbers = len(_NUMBER.findall(text))
    if numbers:
        yield "numbers" if numbers > 2 else "a number"
    if "\n" in text.strip():
        yield "several lines"
    yield _length(word_count)


def _length(word_count: int) -> str:
    """In bands, each of which begins at 1.4 times the one before."""
    band = int(2 * math.log2(max(word_count, 1)))
    return f"{math.ceil(2 ** (band / 2))} words or more"
