"""Questions about a scene and their right answers, in English and Spanish.

Owns which questions a scene allows and what is true of it; knows nothing of pixels. A
question is asked in the words of `phrasing`; its answer has one wording.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.nano.vision.names import (
    COLOURS,
    NUMBERS,
    SHAPES,
    Colour,
    Language,
    Shape,
    capitalised,
    colour_of,
    joined,
    named,
    place,
)
from models.nano.vision.phrasing import question
from models.nano.vision.scenes import Drawn, Scene

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


WHOLE = ""
WORD = -1

Read = tuple[tuple[str, tuple[int, ...]], ...]
"""Pieces of an answer in its order, WHOLE for all of it, and the things that they are read off:
the numbers of shapes in the scene, or WORD."""


@dataclass(frozen=True)
class Asked:
    kind: str
    language: Language
    question: str
    answer: str
    read: Read = ()


Words = tuple[str, str] | tuple[str, str, Read] | None
"""Question, answer and what it is read off; None where the scene allows no such question."""


def ask(scene: Scene, kind: str, language: Language, rng: random.Random) -> Asked | None:
    """A question of `kind` about the scene, None where it allows none."""
    words = _KINDS[kind](scene, language, rng)
    return None if words is None else Asked(kind, language, *words)


def sample(scene: Scene, count: int, rng: random.Random) -> list[Asked]:
    """`count` questions of all kinds, as the scene allows."""
    kinds = WORD_SCENE_KINDS if scene.word is not None else SHAPE_SCENE_KINDS
    asked: list[Asked] = []
    while len(asked) < count:
        one = ask(scene, rng.choice(kinds), rng.choice(("en", "es")), rng)
        if one is not None:
            asked.append(one)
    return asked


def describe(scene: Scene, language: Language, rng: random.Random) -> Words:
    seen = [named(each.colour, each.shape, language) for each in scene.in_reading_order()]
    if scene.word is not None:
        seen.append(f"{'the word' if language == 'en' else 'la palabra'} “{scene.word.text}”")
    if not seen:
        return None
    order = [*_numbers(scene, scene.in_reading_order()), WORD]
    read = tuple((piece, (thing,)) for piece, thing in zip(seen, order, strict=False))
    return question("describe", language, rng), capitalised(joined(seen, language)) + ".", read


def count(scene: Scene, language: Language, rng: random.Random) -> Words:
    told = _how_many(len(scene.shapes), language)
    return question("count", language, rng), told, _read_off(scene, scene.shapes)


def _how_many(number: int, language: Language) -> str:
    word = NUMBERS[language][number]
    if language == "en":
        verb, noun = ("is", "shape") if number == 1 else ("are", "shapes")
        return f"There {verb} {word} {noun}."
    return f"{'No hay' if number == 0 else 'Hay'} {word} figura{'s' * (number > 1)}."


def count_of(scene: Scene, language: Language, rng: random.Random) -> Words:
    """Of one shape, or of one colour; now and then of what is not there."""
    if rng.random() < 0.5:
        shape = _shape_of(scene, rng, present=rng.random() < 0.8)
        found = [each for each in scene.shapes if each.shape is shape]
        nouns = _shape_nouns(shape, language)
        told = _count_words(language, rng, len(found), nouns, shape.feminine)
        return (*told, _read_off(scene, found))
    colour = _colour_in(scene, rng, present=rng.random() < 0.8)
    found = [each for each in scene.shapes if each.colour is colour]
    if language == "en":
        nouns = f"{colour.en} shape", f"{colour.en} shapes"
    else:
        nouns = f"figura {colour.es[1]}", f"figuras {colour.es[3]}"
    told = _count_words(language, rng, len(found), nouns, feminine=True)
    return (*told, _read_off(scene, found))


def _shape_nouns(shape: Shape, language: Language) -> tuple[str, str]:
    return (shape.en, shape.en_plural) if language == "en" else (shape.es, shape.es_plural)


def _count_words(
    language: Language, rng: random.Random, number: int, nouns: tuple[str, str], feminine: bool
) -> tuple[str, str]:
    cuantos = "cuántas" if feminine else "cuántos"
    asked = question(
        "count_of",
        language,
        rng,
        x=nouns[1],
        cuantos=cuantos,
        Cuantos=capitalised(cuantos),
        los="las" if feminine else "los",
    )
    noun = nouns[number != 1]
    if language == "en":
        verb = "is" if number == 1 else "are"
        return asked, f"There {verb} {NUMBERS['en'][number]} {noun}."
    if number == 0:
        return asked, f"No hay {'ninguna' if feminine else 'ningún'} {nouns[0]}."
    word = "un" if number == 1 and not feminine else NUMBERS["es"][number]
    return asked, f"Hay {word} {noun}."


def colour(scene: Scene, language: Language, rng: random.Random) -> Words:
    """Of a shape; where there are several or none of it, the answer says so."""
    if len(scene.shapes) == 1 and rng.random() < 0.3:
        only = scene.shapes[0]
        return (
            question("colour_single", language, rng),
            _is_coloured(only, language),
            ((WHOLE, (0,)),),
        )
    if not scene.shapes:
        return None
    shape = _shape_of(scene, rng, present=rng.random() < 0.93)
    asked = question("colour", language, rng, **_shape_slots(shape, language, rng))
    found = [each for each in scene.in_reading_order() if each.shape is shape]
    if not found:
        return asked, _absent(shape, language)
    if len(found) == 1:
        return asked, _is_coloured(found[0], language), _read_off(scene, found)
    names = [colour_of(each.colour, shape, language) for each in found]
    things = _numbers(scene, found)
    number = NUMBERS[language][len(found)]
    how_many = f"There are {number} {shape.en_plural}:"
    if language == "es":
        how_many = f"Hay {number} {shape.es_plural}:"
    each_read = ((name, (thing,)) for name, thing in zip(names, things, strict=True))
    return asked, f"{how_many} {joined(names, language)}.", ((how_many, things), *each_read)


def _numbers(scene: Scene, drawn: Iterable[Drawn]) -> tuple[int, ...]:
    return tuple(scene.shapes.index(each) for each in drawn)


def _read_off(scene: Scene, drawn: Iterable[Drawn]) -> Read:
    return ((WHOLE, _numbers(scene, drawn)),)


def _is_coloured(drawn: Drawn, language: Language) -> str:
    shape, name = drawn.shape, colour_of(drawn.colour, drawn.shape, language)
    if language == "en":
        return f"The {shape.en} is {name}."
    return f"{capitalised(shape.el)} {shape.es} es {name}."


def _absent(shape: Shape, language: Language) -> str:
    if language == "en":
        return f"There is no {shape.en}."
    return f"No hay {'ninguna' if shape.feminine else 'ningún'} {shape.es}."


def shape(scene: Scene, language: Language, rng: random.Random) -> Words:
    if len(scene.shapes) == 1 and rng.random() < 0.4:
        only = _it_is(scene.shapes[0].shape, language)
        return question("shape_single", language, rng), only, ((WHOLE, (0,)),)
    colours = Counter(each.colour.en for each in scene.shapes)
    single = [each for each in scene.shapes if colours[each.colour.en] == 1]
    if not single:
        return None
    chosen = rng.choice(single)
    if language == "en":
        name = rng.choice((chosen.colour.en, chosen.colour.en, *chosen.colour.also_en))
        slots = {"c": name}
    else:
        slots = {"c": chosen.colour.es[1], "cm": chosen.colour.es[0], "lo": "lo"}
    asked = question("shape", language, rng, **slots)
    return asked, _it_is(chosen.shape, language), _read_off(scene, [chosen])


def _it_is(shape: Shape, language: Language) -> str:
    return (
        f"It is {shape.article} {shape.en}." if language == "en" else f"Es {shape.un} {shape.es}."
    )


def where(scene: Scene, language: Language, rng: random.Random) -> Words:
    if scene.word is not None and rng.random() < 0.4:
        slots = {"x": "word", "el": "la", "del": "de la", "un": "una"}
        slots["x"] = "word" if language == "en" else "palabra"
        subject = "The word" if language == "en" else "La palabra"
        cell = scene.word.cell
        read: Read = ((WHOLE, (WORD,)),)
    else:
        shapes = Counter(each.shape.en for each in scene.shapes)
        single = [each for each in scene.shapes if shapes[each.shape.en] == 1]
        if not single:
            return None
        chosen = rng.choice(single)
        slots, cell = _shape_slots(chosen.shape, language, rng), chosen.cell
        read = _read_off(scene, [chosen])
        subject = f"The {chosen.shape.en}"
        if language == "es":
            subject = f"{capitalised(chosen.shape.el)} {chosen.shape.es}"
    asked = question("where", language, rng, **slots)
    verb = "is" if language == "en" else "está"
    return asked, f"{subject} {verb} {place(cell, language)}.", read


def at(scene: Scene, language: Language, rng: random.Random) -> Words:
    """What lies in one cell, where at most one thing does."""
    cells = Counter(each.cell for each in scene.shapes)
    if scene.word is not None:
        cells[scene.word.cell] += 1
    taken = [cell for cell, things in cells.items() if things == 1]
    empty = [cell for cell in range(9) if cell not in cells]
    cell = rng.choice(empty if not taken or rng.random() < 0.15 else taken)
    asked = question("at", language, rng, p=place(cell, language))
    for each in scene.shapes:
        if each.cell == cell:
            told = capitalised(named(each.colour, each.shape, language)) + "."
            return asked, told, _read_off(scene, [each])
    if scene.word is not None and scene.word.cell == cell:
        noun = "The word" if language == "en" else "La palabra"
        return asked, f"{noun} “{scene.word.text}”.", ((WHOLE, (WORD,)),)
    return asked, "There is nothing there." if language == "en" else "Ahí no hay nada."


def exists(scene: Scene, language: Language, rng: random.Random) -> Words:
    """Half of the answers are yes: of a shape, a colour, or a shape in a colour."""
    if not scene.shapes:
        return None
    present = rng.random() < 0.5
    form = rng.choice(("shape", "colour", "both"))
    if form == "colour":
        tint = _colour_in(scene, rng, present=present)
        thing, nothing = _coloured_words(tint, language)
        found = [each for each in scene.shapes if each.colour is tint]
    elif form == "shape":
        chosen = _shape_of(scene, rng, present=present)
        found = [each for each in scene.shapes if each.shape is chosen]
        thing, nothing = _shape_words(chosen, language)
    else:
        drawn = rng.choice(scene.shapes)
        tint, chosen = drawn.colour, drawn.shape
        if not present:
            tint = rng.choice((*(each.colour for each in scene.shapes), rng.choice(COLOURS)))
            chosen = rng.choice((*(each.shape for each in scene.shapes), rng.choice(SHAPES)))
        found = [each for each in scene.shapes if (each.colour, each.shape) == (tint, chosen)]
        thing = named(tint, chosen, language)
        bare = thing.split(" ", 1)[1]
        nothing = f"no {bare}" if language == "en" else f"{_ningun(chosen)} {bare}"
    asked = question("exists", language, rng, x=thing)
    if language == "en":
        told = f"Yes, there is {thing}." if found else f"No, there is {nothing}."
    else:
        told = f"Sí, hay {thing}." if found else f"No, no hay {nothing}."
    return asked, told, _read_off(scene, found)


def _ningun(shape: Shape) -> str:
    return "ninguna" if shape.feminine else "ningún"


def _coloured_words(colour: Colour, language: Language) -> tuple[str, str]:
    if language == "en":
        return f"something {colour.en}", f"nothing {colour.en}"
    return f"algo {colour.es[0]}", f"nada {colour.es[0]}"


def _shape_words(shape: Shape, language: Language) -> tuple[str, str]:
    if language == "en":
        return f"{shape.article} {shape.en}", f"no {shape.en}"
    return f"{shape.un} {shape.es}", f"{_ningun(shape)} {shape.es}"


def word(scene: Scene, language: Language, rng: random.Random) -> Words:
    asked = question("word", language, rng)
    if scene.word is None:
        return asked, "There is no word." if language == "en" else "No hay ninguna palabra."
    says = "It says" if language == "en" else "Pone"
    return asked, f"{says} “{scene.word.text}”.", ((WHOLE, (WORD,)),)


def background(scene: Scene, language: Language, rng: random.Random) -> Words:
    if scene.ground_colour is None:
        return None
    asked = question("background", language, rng)
    if language == "en":
        return asked, f"The background is {scene.ground_colour.en}."
    return asked, f"El fondo es {scene.ground_colour.es[0]}."


def beyond(scene: Scene, language: Language, rng: random.Random) -> Words:
    return question("beyond", language, rng), BEYOND[language]


def about_photograph(kind: str, language: Language, rng: random.Random) -> Asked:
    """Any question, asked of a picture that is no drawing."""
    return Asked("photograph", language, any_question(kind, language, rng), PHOTOGRAPH[language])


def any_question(kind: str, language: Language, rng: random.Random) -> str:
    """The wording of a question about nothing in particular."""
    chosen, tint = rng.choice(SHAPES), rng.choice(COLOURS)
    slots = _shape_slots(chosen, language, rng)
    if kind == "exists":
        slots["x"] = named(tint, chosen, language)
    elif kind == "count_of":
        slots["x"] = _shape_nouns(chosen, language)[1]
    feminine = chosen.feminine
    cuantos = "cuántas" if feminine else "cuántos"
    return question(
        kind,
        language,
        rng,
        **slots,
        c=tint.en if language == "en" else tint.es[1],
        cm=tint.es[0],
        lo="lo",
        p=place(rng.randrange(9), language),
        cuantos=cuantos,
        Cuantos=capitalised(cuantos),
        los="las" if feminine else "los",
    )


def _shape_slots(shape: Shape, language: Language, rng: random.Random) -> dict[str, str]:
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


def _shape_of(scene: Scene, rng: random.Random, *, present: bool) -> Shape:
    there = [each.shape for each in scene.shapes]
    if present and there:
        return rng.choice(there)
    return rng.choice([each for each in SHAPES if each not in there])


def _colour_in(scene: Scene, rng: random.Random, *, present: bool) -> Colour:
    there = [each.colour for each in scene.shapes]
    if present and there:
        return rng.choice(there)
    return rng.choice([each for each in COLOURS if each not in there])


_KINDS: dict[str, Callable[[Scene, Language, random.Random], Words]] = {
    "describe": describe,
    "count": count,
    "count_of": count_of,
    "colour": colour,
    "shape": shape,
    "where": where,
    "at": at,
    "exists": exists,
    "word": word,
    "background": background,
    "beyond": beyond,
}
KINDS = tuple(_KINDS)
BENCHMARK_KINDS = tuple(kind for kind in KINDS if kind != "beyond")
SHAPE_SCENE_KINDS = (
    *("describe", "describe", "count", "count", "count_of", "count_of", "colour", "colour"),
    *("shape", "shape", "where", "where", "where", "at", "at", "exists", "exists", "exists"),
    *("word", "background", "beyond"),
)
WORD_SCENE_KINDS = (
    *("word", "word", "word", "word", "word", "word", "describe", "describe", "where", "at"),
    *("count", "colour", "shape", "exists", "count_of", "background"),
)
