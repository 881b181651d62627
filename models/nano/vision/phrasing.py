"""How people ask: the many wordings of one question, and the ways they are typed.

Owns templates and typing habits; knows nothing of scenes or answers. `{picture}` stands for
any word for the picture.
"""

from __future__ import annotations

import random
import unicodedata

from models.nano.vision.names import Language

PICTURES: dict[Language, tuple[str, ...]] = {
    "en": ("picture", "picture", "image", "image", "drawing", "photo", "scene"),
    "es": ("la imagen", "la imagen", "el dibujo", "la foto", "la escena", "esta imagen"),
}
THINGS: dict[Language, tuple[str, ...]] = {
    "en": ("shapes", "shapes", "figures", "objects", "things"),
    "es": ("figuras", "figuras", "formas", "cosas"),
}
POLITE: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("please, ", ""),
        ("", ", please"), ("look at the {picture}: ", ""), ("hi, ", ""), ("can you tell me: ", ""),
        ("ok, ", ""), ("", " in this {picture}"), ("in the {picture}, ", ""), ("so, ", ""),
    ),
    "es": (
        ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("por favor, ", ""),
        ("", ", por favor"), ("mira {picture}: ", ""), ("hola, ", ""), ("dime: ", ""),
        ("a ver, ", ""), ("", " en {picture}"), ("en {picture}, ", ""), ("oye, ", ""),
    ),
}  # fmt: skip

TEMPLATES: dict[str, dict[Language, tuple[str, ...]]] = {
    "describe": {
        "en": (
            "Describe the {picture}.", "Describe this {picture}.", "What do you see?",
            "What do you see in the {picture}?", "What can be seen here?", "What is this?",
            "What can you see?", "What is in the {picture}?", "What's in this {picture}?",
            "What is here?", "Tell me what you see.", "What does the {picture} show?", "describe",
            "What is there in the {picture}?", "Can you describe the {picture}?",
            "Explain the {picture}.", "What's this?", "What are you seeing?", "What is shown?",
            "Which {things} are there?", "What {things} are in the {picture}?",
            "What {things} do you see?", "List the {things}.", "Give me a description.",
            "Tell me about this {picture}.", "Name the {things} you see.", "What appears here?",
        ),
        "es": (
            "Describe {picture}.", "Describe lo que ves.", "¿Qué ves?", "¿Qué ves en {picture}?",
            "¿Qué se ve aquí?", "¿Qué es esto?", "¿Qué hay en {picture}?", "¿Qué puedes ver?",
            "¿Qué hay aquí?", "Dime qué ves.", "¿Qué muestra {picture}?", "describe",
            "¿Qué aparece en {picture}?", "¿Puedes describir {picture}?", "Explica {picture}.",
            "¿Qué es lo que ves?", "¿Qué se ve?", "¿Qué {things} hay?", "¿Qué {things} ves?",
            "¿Qué {things} hay en {picture}?", "Enumera las {things}.", "Haz una descripción.",
            "Cuéntame qué hay en {picture}.", "Nombra las {things} que ves.", "¿Qué aparece?",
            "¿Qué sale en {picture}?", "¿Qué tenemos aquí?", "Descríbeme {picture}.",
        ),
    },
    "count": {
        "en": (
            "How many {things} are there?", "How many {things} do you see?", "Count the {things}.",
            "How many {things} are in the {picture}?", "What is the number of {things}?",
            "How many {things}?", "How many {things} can you see?", "Can you count the {things}?",
            "Tell me how many {things} there are.", "How many {things} in total?",
            "How many different {things} are drawn?", "number of {things}?",
        ),
        "es": (
            "¿Cuántas {things} hay?", "¿Cuántas {things} ves?", "Cuenta las {things}.",
            "¿Cuántas {things} hay en {picture}?", "¿Cuál es el número de {things}?",
            "¿Cuántas {things}?", "¿Cuántas {things} puedes ver?", "¿Puedes contar las {things}?",
            "Dime cuántas {things} hay.", "¿Cuántas {things} hay en total?",
            "¿Cuántas {things} se ven?", "¿Cuántas {things} aparecen?",
        ),
    },
    "count_of": {
        "en": (
            "How many {x} are there?", "How many {x} do you see?", "Count the {x}.",
            "How many {x} are in the {picture}?", "How many {x}?", "How many {x} can you see?",
            "Tell me how many {x} there are.", "Can you count the {x}?", "number of {x}?",
        ),
        "es": (
            "¿{Cuantos} {x} hay?", "¿{Cuantos} {x} ves?", "Cuenta {los} {x}.",
            "¿{Cuantos} {x} hay en {picture}?", "¿{Cuantos} {x}?", "¿{Cuantos} {x} se ven?",
            "Dime {cuantos} {x} hay.", "¿Puedes contar {los} {x}?", "¿{Cuantos} {x} aparecen?",
        ),
    },
    "colour": {
        "en": (
            "What {colour} is the {x}?", "Tell me the {colour} of the {x}.",
            "What is the {colour} of the {x}?", "Which {colour} is the {x}?",
            "What {colour} does the {x} have?", "The {x} is what {colour}?",
            "What's the {colour} of the {x}?", "Which {colour} does the {x} have?",
            "Do you know the {colour} of the {x}?", "{colour} of the {x}?",
            "In what {colour} is the {x}?", "What {colour} is the {x} in the {picture}?",
        ),
        "es": (
            "¿De qué color es {el} {x}?", "Dime el color {del} {x}.", "¿Qué color tiene {el} {x}?",
            "¿Cuál es el color {del} {x}?", "¿De qué color está {el} {x}?", "¿Color {del} {x}?",
            "{El} {x}, ¿de qué color es?", "¿Sabes de qué color es {el} {x}?",
            "¿De qué color es {el} {x} de {picture}?", "¿De qué color ves {el} {x}?",
            "Dime de qué color es {el} {x}.", "¿Qué color es {el} {x}?",
        ),
    },
    "colour_single": {
        "en": (
            "What {colour} is it?", "What {colour} is the shape?", "What {colour} is the figure?",
            "What is the {colour} of the shape?", "Which {colour} is it?", "What {colour} is this?",
            "Tell me the {colour}.", "What {colour} do you see?", "What {colour} is the object?",
        ),
        "es": (
            "¿De qué color es?", "¿De qué color es la figura?", "¿Qué color tiene la figura?",
            "¿Qué color tiene?", "¿De qué color es la forma?", "Dime el color.", "¿Qué color es?",
            "¿Cuál es el color de la figura?", "¿Qué color ves?",
        ),
    },
    "shape": {
        "en": (
            "Which shape is {c}?", "What is the {c} shape?", "What shape is {c}?",
            "What is the {c} thing?", "Which figure is {c}?", "The {c} shape, what is it?",
            "What {c} shape is there?", "What is {c}?", "What is the shape of the {c} object?",
            "What shape is the {c} one?", "Which shape has the {colour} {c}?",
        ),
        "es": (
            "¿Qué figura es {c}?", "¿Cuál es la figura {c}?", "¿Qué forma es {c}?",
            "¿Qué es {lo} {cm}?", "¿Qué figura {c} hay?", "La figura {c}, ¿qué es?",
            "¿Qué forma tiene la figura {c}?", "¿Qué forma es la {c}?", "¿Qué hay de color {cm}?",
            "¿Qué cosa es {c}?", "¿Qué figura es de color {cm}?",
        ),
    },
    "shape_single": {
        "en": (
            "What shape is it?", "Which shape is this?", "What shape is this?",
            "What shape do you see?", "What shape is there?", "What figure is it?",
            "Which shape do you see?", "What is the shape?", "What shape is in the {picture}?",
        ),
        "es": (
            "¿Qué figura es?", "¿Qué forma es?", "¿Qué figura ves?", "¿Qué forma tiene?",
            "¿Qué figura hay?", "¿Qué forma ves?", "¿Cuál es la figura?", "¿Qué figura es esta?",
            "¿Qué figura hay en {picture}?",
        ),
    },
    "where": {
        "en": (
            "Where is the {x}?", "In which part of the {picture} is the {x}?",
            "What is the position of the {x}?", "Where do you see the {x}?", "Where's the {x}?",
            "Whereabouts is the {x}?", "Tell me where the {x} is.", "Where can I find the {x}?",
            "In what part is the {x}?", "Where is the {x} located?", "position of the {x}?",
        ),
        "es": (
            "¿Dónde está {el} {x}?", "¿En qué parte de {picture} está {el} {x}?",
            "¿Cuál es la posición {del} {x}?", "¿Dónde ves {el} {x}?", "¿Dónde se ve {el} {x}?",
            "¿Dónde queda {el} {x}?", "Dime dónde está {el} {x}.", "¿Dónde se encuentra {el} {x}?",
            "¿En qué lugar está {el} {x}?", "¿En qué parte está {el} {x}?", "¿Dónde hay {un} {x}?",
        ),
    },
    "at": {
        "en": (
            "What is {p}?", "What do you see {p}?", "What's {p}?", "What is there {p}?",
            "Which shape is {p}?", "What shape is {p}?", "Tell me what is {p}.", "What lies {p}?",
            "What is {p} of the {picture}?", "Is there anything {p}?", "What can you see {p}?",
        ),
        "es": (
            "¿Qué hay {p}?", "¿Qué ves {p}?", "¿Qué está {p}?", "¿Qué se ve {p}?",
            "¿Qué figura hay {p}?", "¿Qué figura está {p}?", "Dime qué hay {p}.", "¿Qué hay {p}?",
            "¿Qué hay {p} de {picture}?", "¿Hay algo {p}?", "¿Qué aparece {p}?",
        ),
    },
    "exists": {
        "en": (
            "Is there {x}?", "Do you see {x}?", "Can you see {x}?", "Does the {picture} show {x}?",
            "Is there {x} in the {picture}?", "Is {x} there?", "Are you seeing {x}?",
            "Can {x} be seen?", "Is {x} in the {picture}?", "There is {x}, right?",
        ),
        "es": (
            "¿Hay {x}?", "¿Ves {x}?", "¿Se ve {x}?", "¿Aparece {x}?", "¿Hay {x} en {picture}?",
            "¿Puedes ver {x}?", "¿Está {x}?", "¿Existe {x} en {picture}?", "¿Tiene {picture} {x}?",
            "Hay {x}, ¿verdad?", "¿Sale {x}?",
        ),
    },
    "word": {
        "en": (
            "What does it say?", "Read the word.", "Which word is printed?", "What is written?",
            "What word do you see?", "What does the {picture} say?", "Read the text.",
            "What word is it?", "What is the word?", "Can you read it?", "What text is there?",
            "What's written here?", "Read it.", "Which word is in the {picture}?", "read",
            "Can you read the word?", "What does the text say?", "What is printed?", "Read this.",
            "What does this say?", "What word is written in the {picture}?", "Spell the word.",
        ),
        "es": (
            "¿Qué pone?", "Lee la palabra.", "¿Qué palabra hay?", "¿Qué está escrito?",
            "¿Qué dice?",
            "¿Qué palabra ves?", "¿Qué pone en {picture}?", "Lee el texto.", "¿Qué palabra es?",
            "¿Cuál es la palabra?", "¿Puedes leerlo?", "¿Qué texto hay?", "¿Qué hay escrito?",
            "Léelo.", "¿Qué palabra pone?", "lee", "¿Puedes leer la palabra?",
            "¿Qué dice el texto?",
            "¿Qué pone aquí?", "¿Qué palabra aparece en {picture}?", "Lee esto.",
            "¿Qué palabra está escrita?",
        ),
    },
    "background": {
        "en": (
            "What {colour} is the background?", "What is the {colour} of the background?",
            "Which {colour} does the background have?", "What is the background {colour}?",
            "Tell me the {colour} of the background.", "background {colour}?",
        ),
        "es": (
            "¿De qué color es el fondo?", "¿Qué color tiene el fondo?",
            "¿Cuál es el color de fondo?",
            "Dime el color del fondo.", "¿De qué color está el fondo?", "¿Color del fondo?",
        ),
    },
    "beyond": {
        "en": (
            "What time is it?", "Who painted this?", "What is the weather like?", "Why?",
            "How much does it cost?", "What is 2 plus 2?", "Write a poem about it.", "Who is this?",
            "Is it bigger than a house?", "Translate it.", "What happens next?", "Do you like it?",
            "How old is it?", "What day is it?", "Tell me a story.",
            "What is the capital of France?",
            "How tall is the person?", "What breed is the dog?", "Summarise the document.",
            "What brand is the car?", "Is this healthy?", "What is the solution of the equation?",
            "Which is the largest shape?", "What is the area of the shape?",
        ),
        "es": (
            "¿Qué hora es?", "¿Quién ha pintado esto?", "¿Qué tiempo hace?", "¿Por qué?",
            "¿Cuánto cuesta?", "¿Cuánto es 2 más 2?", "Escribe un poema.", "¿Quién es?",
            "¿Es más grande que una casa?", "Tradúcelo.", "¿Qué pasa después?", "¿Te gusta?",
            "¿Cuántos años tiene?", "¿Qué día es hoy?", "Cuéntame un cuento.",
            "¿Cuál es la capital de Francia?", "¿Cuánto mide la persona?",
            "¿De qué raza es el perro?",
            "Resume el documento.", "¿De qué marca es el coche?", "¿Es sano?",
            "¿Cuál es la solución de la ecuación?", "¿Cuál es la figura más grande?",
            "¿Qué área tiene la figura?",
        ),
    },
}  # fmt: skip

COMMON = 4
"""The first wordings of each question are those that most people use."""

COLOUR_SPELLINGS = ("color", "colour")


def question(kind: str, language: Language, rng: random.Random, **slots: str) -> str:
    """One wording of a question, typed as people type."""
    wordings = TEMPLATES[kind][language]
    filled = rng.choice(wordings[:COMMON] if rng.random() < 0.5 else wordings)
    before, after = rng.choice(POLITE[language]) if rng.random() < 0.5 else ("", "")
    if kind in {"at", "describe"} or "{picture}" in filled:
        after = after if "{picture}" not in after else ""
    if before:
        first = filled.startswith("¿")
        filled = filled[:first] + filled[first].lower() + filled[first + 1 :]
    mark = filled[-1] if filled[-1] in ".?" else ""
    filled = f"{before}{filled.removesuffix(mark)}{after}{mark}"
    words = {
        "picture": rng.choice(PICTURES[language]),
        "things": rng.choice(THINGS[language]),
        "colour": rng.choice(COLOUR_SPELLINGS),
        **slots,
    }
    asked = filled.format(**words).replace("de el ", "del ")
    return typed(asked[0].upper() + asked[1:], rng)


def typed(text: str, rng: random.Random) -> str:
    """Often tidy; sometimes in lower case, without accents or without punctuation."""
    if rng.random() < 0.7:
        return text
    if rng.random() < 0.6:
        text = text.lower()
    if rng.random() < 0.5:
        text = without_accents(text)
    if rng.random() < 0.5:
        text = text.strip("¿?.!")
        text = text.replace("¿", "")
    elif rng.random() < 0.5:
        text = text.replace("¿", "")
    return text


def without_accents(text: str) -> str:
    """`ñ` is a letter of its own and stays."""
    return "".join(
        letter if letter in "ñÑ" else unicodedata.normalize("NFD", letter)[0] for letter in text
    )
