"""One form for prompts that cannot mean different things.

Owns what counts as form; knows nothing of what prompts are compared for.
"""

from __future__ import annotations

import re
import unicodedata

_EXACT = re.compile(r"[\n\r\t`{}\[\]<>=;\\|_#$\"“”«»]|[^\s\w]{2}|\w\(")
"""What is code, quotes something, or has lines: there every blank and sign may count."""

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_BEGINNINGS_TEXT = """
    what which who when where why how is are does do can could explain tell give write list
    que cual cuales quien cuando donde como cuanto cuantos cuanta cuantas por para es son
    explica explicame dime escribe el la los las un una en
"""
_BEGINNINGS = frozenset(_BEGINNINGS_TEXT.split())


def same_prompt(text: str) -> str:
    """`text` in one Unicode form, without outer and doubled blanks, and with a small letter at
    its beginning where that is a word that is no name; as it is where it may be code.

    Case elsewhere counts: "May" and "may", "IT" and "it" are different words.
    """
    plain = unicodedata.normalize("NFC", text.strip())
    if _EXACT.search(plain):
        return text
    plain = " ".join(plain.translate(_UNSEEN).split())
    opening = re.match(r"[¿¡]?\w+", plain)
    if opening is None:
        return plain
    word = opening.group().lstrip("¿¡")
    folded = unicodedata.normalize("NFD", word)
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    if word.istitle() and letters.lower() in _BEGINNINGS:
        return plain[: opening.end()].lower() + plain[opening.end() :]
    return plain
