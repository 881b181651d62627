"""Words as they are searched: without function words, by their stems.

Owns the stop words and the way to stems. Every word has a Spanish and an English stem, so
that no text and no question has to be told apart; a question is scored by both. Knows
nothing of ranking.
"""

from __future__ import annotations

import re
import threading
import zlib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Protocol

from core.text.folding import fold

_SPANISH_STOP_WORDS = """
    el la los las un una unos unas de del al a y e o u que se lo le les te me mi mis tu tus su
    sus es esta este esto estos estas eso ese esa hay soy eres son somos estoy estas estan fue
    era ha han he hemos ser estar por para con sin sobre entre hasta desde como cuando donde
    cual cuales quien cuanto cuanta cuantos cuantas porque pero si no tambien muy mas menos ya
    en yo ella nosotros ellos usted hola gracias adios vale dime dame puedes puedo quiero
    necesito saber favor hacer hago tengo tiene cuentame explicame explica
    debe deben tener poder lleva llevan todo toda todos todas algo nada alli aqui asi
"""
_ENGLISH_STOP_WORDS = """
    the a an of and or is are am was were be been being it its it's i i'm you your he she we
    they them his her our their this that these those there here what which who whom whose
    when where why how do does did don't doesn't can can't could would should will have has
    had not no to in on at by for from with about if then than because but so very my me yes
    please thanks thank hello hi tell give show want need know get explain
    much many more most some any all must may there
"""
STOP_WORDS = frozenset((_SPANISH_STOP_WORDS + _ENGLISH_STOP_WORDS).split())

_STEMMING = threading.Lock()  # a stemmer keeps its word in itself
# As in core.text.folding, but before folding: the Spanish stemmer wants its accents.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*(?:\+\+|#)?")
_REMEMBERED_WORDS = 200_000


class Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  snowball's name


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word by its two stems, each as the number that stands for it in sparse vectors.

    `spelled` is the word in small letters; words of the same stems are equal.
    """

    spanish: int
    english: int
    spelled: str = field(default="", compare=False)

    @property
    def terms(self) -> tuple[int, int]:
        return (self.spanish, self.english)


def search_words(text: str) -> list[SearchWord]:
    """The words that carry meaning, in order, repetitions kept."""
    words = (_search_word(word) for word in _WORD.findall(text.lower()))
    return [word for word in words if word is not None]


@lru_cache(_REMEMBERED_WORDS)
def _search_word(word: str) -> SearchWord | None:
    if fold(word) in STOP_WORDS:
        return None
    bare = word.replace("’", "'").removesuffix("'s")
    return SearchWord(_term("es", bare), _term("en", bare), bare)


def _term(language: str, word: str) -> int:
    """32 bits of the folded stem: vector stores know terms by number."""
    with _STEMMING:
        stem = fold(_stemmers()[language].stemWord(word))
    return zlib.crc32(f"{language}:{stem}".encode())


@cache
def _stemmers() -> dict[str, Stemmer]:
    import snowballstemmer  # noqa: PLC0415  all its languages together take 0.1 s

    return {"es": snowballstemmer.stemmer("spanish"), "en": snowballstemmer.stemmer("english")}
