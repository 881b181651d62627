"""Words as they are searched: folded, without endings, without function words.

Owns the stop words and the endings of Spanish and English; knows nothing of ranking.
"""

from __future__ import annotations

from core.text.folding import folded_words

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
_STOP_WORDS = frozenset((_SPANISH_STOP_WORDS + _ENGLISH_STOP_WORDS).split())

# Longest first; one list for both languages, so that no text has to be told apart.
_ENDINGS_TEXT = """
    amientos amiento imientos imiento aciones acion iciones icion ciones cion ations ation
    itions ition tions tion mente idades idad ando iendo aron ieron aban aba ados adas ado ada
    idos idas ido ida amos emos imos ar er ir ing ings ed ly ies es as os an en s a o e y
"""
_ENDINGS = tuple(sorted(_ENDINGS_TEXT.split(), key=len, reverse=True))
_MIN_STEM = 3
_DOUBLED = frozenset({"bb", "dd", "gg", "ll", "mm", "nn", "pp", "tt"})


def stem(word: str) -> str:
    """A folded word without its ending: configuración, configurar, configured -> configur."""
    bare = word.removesuffix("'s")
    if not bare.isalpha():
        return bare
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= _MIN_STEM:
            bare = bare.removesuffix(ending)
            break
    if bare[-2:] in _DOUBLED:
        bare = bare[:-1]
    # luz, luces; as stems both end in c.
    return bare[:-1] + "c" if bare.endswith("z") else bare


def search_terms(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, repetitions kept."""
    return [stem(word) for word in folded_words(text) if word not in _STOP_WORDS]
