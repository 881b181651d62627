"""Spanish or English?

Owns the guess and its word lists; knows nothing of any other language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.state import Language, PastTurn
from core.text.folding import folded_words

FIRST_LANGUAGE: Language = "es"

# Words that are common in one language and no word of the other ("no", "me", "son", "a"
# are therefore missing); folded.
_SPANISH_WORDS = """
    el la los las un una unos unas de del al y e o u que se lo le les te mi mis tu tus su sus
    es esta este esto estos estas eso ese esa hay soy eres somos estoy estas estan fue era ha
    han he hemos ser estar tengo tiene tienes hace hacer haz puedo puedes puede quiero quieres
    quiere necesito para por con sin sobre entre hasta desde como cuando donde cual cuales
    quien cuanto cuanta cuantos cuantas porque pero si tambien muy mas menos ya ahora hoy ayer
    manana siempre nunca nada algo todo todos bien mal aqui alli yo ella nosotros ellos usted
    hola buenas buenos dias tardes noches gracias adios vale claro ayuda ayudame dime dame
    explica explicame escribe traduce resume busca triste feliz perro gato amigo casa tiempo
    recomienda recomiendame sugiere compara nuevo nueva
    cero uno dos tres cuatro cinco seis siete ocho nueve diez
    noticias precio codigo archivo funcion error lista sigue continua otra vez favor
"""
_ENGLISH_WORDS = """
    the an of and or is are am was were be been being it its it's i i'm i've you your yours he
    she we they them his her our their this that these those there here what which who whom
    whose when where why how do does did don't doesn't didn't can't can could would should
    will won't shall may might must have has had not to in on at by for from with without
    about into over under between if then than because but so very much many more most some
    any all my mine yes please thanks thank hello hi hey bye good morning night sorry help
    tell give show explain write translate summarize make find fix run sad happy dog cat
    friend house weather news price code file list continue again let's lets get got go today
    now know want need time recommend suggest compare new old stop goodbye speak call send take
    home message timer picture zero one two three four five six seven eight nine ten
"""
_SPANISH = frozenset(_SPANISH_WORDS.split())
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_SPANISH_ENDINGS = (
    "cion",
    "ciones",
    "mente",
    "ando",
    "iendo",
    "arme",
    "arlo",
    "idad",
    "illo",
    "ito",
    "ita",
)
_ENGLISH_ENDINGS = (
    "ing",
    "tion",
    "tions",
    "ness",
    "ly",
    "ght",
    "ould",
    "'s",
    "'t",
    "'re",
    "'ll",
    "'ve",
)
_ENOUGH_WORDS, _ENOUGH_LETTERS = 100, 1_000
_SPANISH_SIGNS = re.compile(r"[ñÑ¿¡áéíóúÁÉÍÓÚüÜ]|n\u0303|[aeiou]\u0301", re.IGNORECASE)


def turn_language(text: str, history: Sequence[PastTurn] | None = None) -> Language:
    """The language of the newest words that show one: `text`, else the turns before it.

    Where nothing shows one it is Spanish, the assistant's first language.

    Args:
        history: earlier turns of the conversation, oldest first.
    """
    said = (text, *(turn["user"] for turn in reversed(history or ())))
    return next(filter(None, map(evident_language, said)), FIRST_LANGUAGE)


def detect_language(text: str, default: Language = FIRST_LANGUAGE) -> Language:
    """The language that `text` shows, else `default`."""
    return evident_language(text) or default


def evident_language(text: str) -> Language | None:
    """The language that more of the evidence speaks for; None without any, and in a tie.

    A function word counts 2, an ending 1, and a Spanish letter or sign 2 (at most three
    of them, since an English text may quote a name).
    """
    return language_of_words(text, folded_words(text))


def language_of_words(text: str, words: Sequence[str]) -> Language | None:
    """`evident_language` of a text whose folded words are known; the first hundred decide."""
    spanish = 2 * len(_SPANISH_SIGNS.findall(text[:_ENOUGH_LETTERS])[:3])
    english = 0
    for word in words[:_ENOUGH_WORDS]:
        spanish += 2 * (word in _SPANISH) or word.endswith(_SPANISH_ENDINGS)
        english += 2 * (word in _ENGLISH) or word.endswith(_ENGLISH_ENDINGS)
    if spanish == english:
        return None
    return "es" if spanish > english else "en"
