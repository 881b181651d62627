"""What can be drawn, and what it is called in English and Spanish.

Owns colours, shapes, places and numbers with their grammar; knows nothing of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Colour:
    """`tones` are the RGB values that carry the name; `es` is masculine, feminine, plural
    masculine, plural feminine. `also` are other names that questions may use.
    """

    en: str
    es: tuple[str, str, str, str]
    tones: tuple[Rgb, ...]
    also_en: tuple[str, ...] = ()
    also_es: tuple[str, ...] = ()


def _plural(word: str) -> str:
    if word.endswith("ón"):
        return word[:-2] + "ones"
    return word + ("s" if word[-1] in "aeiou" else "es")


def _es(masculine: str, feminine: str | None = None) -> tuple[str, str, str, str]:
    feminine = feminine or masculine
    return masculine, feminine, _plural(masculine), _plural(feminine)


COLOURS = (
    Colour(
        "red",
        _es("rojo", "roja"),
        ((255, 0, 0), (220, 20, 60), (200, 30, 30), (178, 34, 34), (230, 40, 35)),
    ),
    Colour(
        "green",
        _es("verde"),
        ((0, 128, 0), (0, 255, 0), (34, 139, 34), (50, 205, 50), (30, 160, 60), (0, 100, 0)),
    ),
    Colour(
        "blue",
        _es("azul"),
        ((0, 0, 255), (30, 144, 255), (65, 105, 225), (0, 0, 139), (35, 70, 215), (70, 130, 200)),
    ),
    Colour("yellow", _es("amarillo", "amarilla"), ((255, 255, 0), (255, 215, 0), (245, 220, 30))),
    Colour(
        "orange",
        _es("naranja"),
        ((255, 165, 0), (255, 140, 0), (245, 130, 20)),
        also_es=("anaranjado",),
    ),
    Colour(
        "purple",
        _es("morado", "morada"),
        ((128, 0, 128), (148, 0, 211), (138, 43, 226), (140, 40, 170), (102, 51, 153)),
        also_en=("violet",),
        also_es=("violeta", "púrpura", "lila"),
    ),
    Colour(
        "pink",
        _es("rosa"),
        ((255, 192, 203), (255, 105, 180), (255, 150, 180)),
        also_es=("rosado",),
    ),
    Colour(
        "brown",
        _es("marrón"),
        ((139, 69, 19), (120, 72, 30), (101, 67, 33), (150, 75, 0)),
        also_es=("café",),
    ),
    Colour("black", _es("negro", "negra"), ((0, 0, 0), (20, 20, 20))),
    Colour("grey", _es("gris"), ((128, 128, 128), (150, 150, 150), (110, 110, 110)), ("gray",)),
    Colour("white", _es("blanco", "blanca"), ((255, 255, 255), (250, 250, 250))),
)


@dataclass(frozen=True)
class Shape:
    en: str
    en_plural: str
    es: str
    es_plural: str
    feminine: bool = False
    also_en: tuple[str, ...] = ()
    also_es: tuple[str, ...] = ()

    @property
    def article(self) -> str:
        return "an" if self.en[0] in "aeiou" else "a"

    @property
    def un(self) -> str:
        return "una" if self.feminine else "un"

    @property
    def el(self) -> str:
        return "la" if self.feminine else "el"


SHAPES = (
    Shape("circle", "circles", "círculo", "círculos"),
    Shape("square", "squares", "cuadrado", "cuadrados"),
    Shape("triangle", "triangles", "triángulo", "triángulos"),
    Shape("rectangle", "rectangles", "rectángulo", "rectángulos"),
    Shape("oval", "ovals", "óvalo", "óvalos", also_en=("ellipse",), also_es=("elipse",)),
    Shape("star", "stars", "estrella", "estrellas", feminine=True),
    Shape("cross", "crosses", "cruz", "cruces", feminine=True),
)

NUMBERS: dict[Language, tuple[str, ...]] = {
    "en": ("no", "one", "two", "three", "four", "five", "six"),
    "es": ("ninguna", "una", "dos", "tres", "cuatro", "cinco", "seis"),
}
MOST_SHAPES = 6

ROWS: dict[Language, tuple[str, str, str]] = {
    "en": ("top", "middle", "bottom"),
    "es": ("arriba", "en el medio", "abajo"),
}
COLUMNS: dict[Language, tuple[str, str, str]] = {
    "en": ("left", "middle", "right"),
    "es": ("a la izquierda", "en el medio", "a la derecha"),
}


def colour_of(colour: Colour, shape: Shape, language: Language) -> str:
    """The colour's name as it agrees with one shape."""
    return colour.en if language == "en" else colour.es[shape.feminine]


def named(colour: Colour, shape: Shape, language: Language) -> str:
    """ "a red circle", "un círculo rojo"."""
    if language == "en":
        article = "an" if colour.en[0] in "aeiou" else "a"
        return f"{article} {colour.en} {shape.en}"
    return f"{shape.un} {shape.es} {colour_of(colour, shape, language)}"


def place(cell: int, language: Language) -> str:
    """Where one of nine cells is, counted in reading order from the top left."""
    row, column = divmod(cell, 3)
    if cell == 4:
        return "in the middle" if language == "en" else "en el medio"
    if language == "es":
        places = [ROWS["es"][row]] * (row != 1) + [COLUMNS["es"][column]] * (column != 1)
        return " ".join(places)
    if row == 1:
        return f"on the {COLUMNS['en'][column]}"
    if column == 1:
        return f"at the {ROWS['en'][row]}"
    return f"at the {ROWS['en'][row]} {COLUMNS['en'][column]}"


def joined(items: list[str], language: Language) -> str:
    """ "a, b and c"."""
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} {'and' if language == 'en' else 'y'} {items[-1]}"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
