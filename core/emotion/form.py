"""What the form of a text says of a feeling, whatever its words mean.

Owns emoji, shouting, stretched words, punctuation and quotation as features; knows no
vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_FACES = {
    "a smiling face": re.compile(r"(?:^|\s)[:;=]-?[)D\]]|(?:^|\s)x+d+\b|<3", re.IGNORECASE),
    "a sad face": re.compile(r"(?:^|\s)[:;=]['’]?-?[(\[/]|\bT_T\b"),
}
_STRETCHED = re.compile(r"([a-záéíóúñ])\1{2,}", re.IGNORECASE)
_CODE = re.compile(
    r"```|`[^`\n]+`|\w+\([^()\n]*\)\s*[;:{]|[{};]\s*\n|</\w+>|^\s*\$ \w", re.MULTILINE
)
_QUOTED = re.compile(r"[\"“«‘][^\"”»’\n]{3,}[\"”»’]|(?:^|\s)'[^'\n]{3,}'(?=\W|$)")
_DASHES = re.compile(r"^\s*[-—–]\s*\S", re.MULTILINE)

SHOUTED_LETTERS = 6  # fewer capitals are an abbreviation
MOST_EMOJI = 4
SHORT_WORDS, LONG_WORDS = 3, 40


def form_of(text: str, word_count: int) -> Iterator[str]:
    """The names of what the form of `text` shows."""
    for emoji in dict.fromkeys(_EMOJI.findall(text)[:MOST_EMOJI]):
        yield f"emoji {emoji}"
    for name, face in _FACES.items():
        if face.search(text):
            yield name
    if _STRETCHED.search(text):
        yield "a stretched word"
    if is_shouted(text):
        yield "shouting"
    yield from _punctuation(text)
    if _CODE.search(text):
        yield "source code"
    if _QUOTED.search(text):
        yield "a quotation"
    if _DASHES.search(text):
        yield "a list or a dialogue"
    if word_count <= SHORT_WORDS:
        yield "few words"
    elif word_count >= LONG_WORDS:
        yield "many words"


def _punctuation(text: str) -> Iterator[str]:
    exclamations = text.count("!")
    if exclamations:
        yield "exclamation" if exclamations == 1 else "exclamations"
    if "?" in text:
        yield "exclaimed question" if exclamations else "question"
    if "..." in text or "…" in text:
        yield "ellipsis"


def is_shouted(text: str) -> bool:
    """Whether most letters are capitals."""
    letters = [sign for sign in text if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    return capitals >= SHOUTED_LETTERS and capitals > 0.7 * len(letters)
