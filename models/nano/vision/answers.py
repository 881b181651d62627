"""How answers are worded, in English and Spanish: each has one wording.

Owns those words; knows nothing of scenes or of what is asked.
"""

from __future__ import annotations

from models.nano.vision.names import NUMBERS, Colour, Language, Shape, capitalised, colour_of

PHOTOGRAPH: dict[Language, str] = {
    "en": "I am the small embedded model: I see drawn shapes and short words, not photographs. "
    "`sarai models pull vision` gets a model that does.",
    "es": "Soy el modelo pequeño incluido: veo figuras dibujadas y palabras cortas, "
    "no fotografías. `sarai models pull vision` trae un modelo que sí las ve.",
}
NO_PICTURE: dict[Language, str] = {
    "en": "I see no picture. Attach one and ask again.",
    "es": "No veo ninguna imagen. Adjunta una y pregunta otra vez.",
}
BEYOND: dict[Language, str] = {
    "en": "I cannot tell: I only see colours, shapes, counts, places and short words.",
    "es": "Eso no lo sé: sólo veo colores, figuras, cantidades, lugares y palabras cortas.",
}


def shapes_counted(number: int, language: Language) -> str:
    """How many shapes there are in all."""
    word = NUMBERS[language][number]
    if language == "en":
        verb, noun = ("is", "shape") if number == 1 else ("are", "shapes")
        return f"There {verb} {word} {noun}."
    return f"{'No hay' if number == 0 else 'Hay'} {word} figura{'s' * (number > 1)}."


def counted(number: int, nouns: tuple[str, str], language: Language, *, feminine: bool) -> str:
    """How many of `nouns` (one, several) there are."""
    noun = nouns[number != 1]
    if language == "en":
        verb = "is" if number == 1 else "are"
        return f"There {verb} {NUMBERS['en'][number]} {noun}."
    if number == 0:
        return f"No hay {'ninguna' if feminine else 'ningún'} {nouns[0]}."
    word = "un" if number == 1 and not feminine else NUMBERS["es"][number]
    return f"Hay {word} {noun}."


def is_coloured(shape: Shape, colour: Colour, language: Language) -> str:
    """The colour of the one shape of its kind."""
    name = colour_of(colour, shape, language)
    if language == "en":
        return f"The {shape.en} is {name}."
    return f"{capitalised(shape.el)} {shape.es} es {name}."


def absent(shape: Shape, language: Language) -> str:
    """That a shape is not there."""
    if language == "en":
        return f"There is no {shape.en}."
    return f"No hay {no_such(shape)} {shape.es}."


def it_is(shape: Shape, language: Language) -> str:
    """Which shape it is."""
    if language == "en":
        return f"It is {shape.article} {shape.en}."
    return f"Es {shape.un} {shape.es}."


def coloured_thing(colour: Colour, language: Language) -> tuple[str, str]:
    """Something and nothing of a colour."""
    if language == "en":
        return f"something {colour.en}", f"nothing {colour.en}"
    return f"algo {colour.es[0]}", f"nada {colour.es[0]}"


def shape_thing(shape: Shape, language: Language) -> tuple[str, str]:
    """A shape and none of it."""
    if language == "en":
        return f"{shape.article} {shape.en}", f"no {shape.en}"
    return f"{shape.un} {shape.es}", f"{no_such(shape)} {shape.es}"


def no_such(shape: Shape) -> str:
    """The Spanish for "no" before a shape."""
    return "ninguna" if shape.feminine else "ningún"
