"""Words of a text, without accents and case.

Owns folding and word splitting; knows nothing of languages or meanings. Everything that
compares words compares folded ones, so that "configuración" and "CONFIGURACION" agree.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import filterfalse

# A word keeps an inner apostrophe (don't) and the signs that name a language (c++, c#).
WORD = r"[^\W_]+(?:'[^\W\d_]+)*(?:\+\+|#)?"
_WORD = re.compile(WORD)


def fold(text: str) -> str:
    """`text` in lower case, without accents (ñ becomes n), with straight apostrophes."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(filterfalse(unicodedata.combining, decomposed)).casefold()


def folded_words(text: str) -> list[str]:
    """The words of `text`, folded, in order; punctuation is left out."""
    return _WORD.findall(fold(text))
