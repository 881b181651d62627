"""Spanish or English?

Owns the guess and its word lists; knows nothing of any other language.
"""

from __future__ import annotations

import re

from core.state import Language
from core.text.folding import folded_words

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
    recomienda recomiendame sugiere compara dos tres cuatro cinco nuevo nueva
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
    now know want need time recommend suggest compare two three four five one new old
"""
_SPANISH = frozenset(_SPANISH_WORDS.split())
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_SPANISH_ENDINGS = re.compile(r"(?:cion|ciones|mente|ando|iendo|arme|arlo|idad|illo|ito|ita)$")
_ENGLISH_ENDINGS = re.compile(r"(?:ing|tion|tions|ness|ly|ght|ould|'s|'t|'re|'ll|'ve)$")
_SPANISH_SIGNS = re.compile(r"[ñÑ¿¡áéíóúÁÉÍÓÚüÜ]|n\u0303|[aeiou]\u0301", re.IGNORECASE)


def detect_language(text: str, default: Language = "es") -> Language:
    """The language that more of the evidence speaks for.

    A function word counts 2, an ending 1, and a Spanish letter or sign 2 (at most three
    of them, since an English text may quote a name). Without evidence, or in a tie, the
    answer is `default`: Spanish, the assistant's first language.
    """
    signs = len(_SPANISH_SIGNS.findall(text)[:3])
    spanish, english = 2 * signs, 0
    for word in folded_words(text):
        spanish += 2 * (word in _SPANISH) or bool(_SPANISH_ENDINGS.search(word))
        english += 2 * (word in _ENGLISH) or bool(_ENGLISH_ENDINGS.search(word))
    if spanish == english:
        return default
    return "es" if spanish > english else "en"
