"""What fills the templates of `phrasing`: names of shapes and colours with their articles.

Also asks questions about nothing in particular, where there is no drawing.
"""

from __future__ import annotations

import random

from models.nano.vision.names import COLOURS, SHAPES, Language, Shape, capitalised, named, place
from models.nano.vision.phrasing import question


def any_question(kind: str, language: Language, rng: random.Random) -> str:
    """The wording of a question about nothing in particular."""
    chosen, tint = rng.choice(SHAPES), rng.choice(COLOURS)
    slots = shape_slots(chosen, language, rng)
    if kind == "exists":
        slots["x"] = named(tint, chosen, language)
    elif kind == "count_of":
        slots["x"] = shape_nouns(chosen, language)[1]
    slots |= how_many_slots(feminine=chosen.feminine)
    return question(
        kind,
        language,
        rng,
        **slots,
        c=tint.en if language == "en" else tint.es[1],
        cm=tint.es[0],
        lo="lo",
        p=place(rng.randrange(9), language),
    )


def shape_slots(shape: Shape, language: Language, rng: random.Random) -> dict[str, str]:
    """A shape by one of its names, with the articles of that name."""
    if language == "en":
        return {"x": rng.choice((shape.en, shape.en, shape.en, *shape.also_en))}
    noun = rng.choice((shape.es, shape.es, shape.es, *shape.also_es))
    feminine = shape.feminine or noun == "elipse"
    el = "la" if feminine else "el"
    return {
        "x": noun,
        "el": el,
        "El": el.capitalize(),
        "un": "una" if feminine else "un",
        "del": "de la" if feminine else "del",
    }


def how_many_slots(*, feminine: bool) -> dict[str, str]:
    """The Spanish for "how many" and "the", of many."""
    cuantos = "cuántas" if feminine else "cuántos"
    return {
        "cuantos": cuantos,
        "Cuantos": capitalised(cuantos),
        "los": "las" if feminine else "los",
    }


def shape_nouns(shape: Shape, language: Language) -> tuple[str, str]:
    """The names of one and of several."""
    return (shape.en, shape.en_plural) if language == "en" else (shape.es, shape.es_plural)
