"""What a drawn picture shows: shapes and a printed word, in relative coordinates.

Owns how scenes are made up from a seed; knows nothing of pixels or questions. Held-out
seeds lie below `FIRST_TRAINING_SEED`.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from models.nano.vision.names import COLOURS, MOST_SHAPES, SHAPES, Colour, Rgb, Shape
from models.nano.vision.words import WordChoice, font_names, random_word

FIRST_TRAINING_SEED = 10_000_000
CELL_MARGIN = 0.035
"""How far a centre stays from the lines between cells, so that its place has one name."""

SHAPES_SHARE = (0.28, 0.24, 0.20, 0.13, 0.08, 0.07)
"""How often there are one to six shapes."""

LEAST_WORD_HEIGHT = 0.14
"""Of a font, where there is room: smaller letters are lost when a picture is scaled down."""

LEAST_RADIUS = 0.085
"""Of a shape, for the same reason."""

WORDS_TRIED = 40
"""To fill a page with; a few find room."""

LEAST_CONTRAST = 110
"""Between a colour and what it lies on: the sum of the absolute differences in RGB."""


@dataclass(frozen=True)
class Drawn:
    """One shape. Places and sizes are in units of the picture's shorter side; `stretch` is
    width over height of rectangles and ovals; `turn` in radians.
    """

    shape: Shape
    colour: Colour
    tone: Rgb
    x: float
    y: float
    radius: float
    stretch: float
    turn: float
    outline: bool
    cell: int


@dataclass(frozen=True)
class Printed:
    """A word, in a box of which (x, y) is the centre; `height` is the font's size."""

    text: str
    tone: Rgb
    x: float
    y: float
    height: float
    font: str
    cell: int


@dataclass(frozen=True)
class Scene:
    """A picture of `width` by `height`, the shorter of which is 1."""

    seed: int
    width: float
    height: float
    ground: Rgb
    ground_colour: Colour | None
    shapes: tuple[Drawn, ...]
    words: tuple[Printed, ...]

    @property
    def word(self) -> Printed | None:
        """The one word of pictures that are asked about."""
        return self.words[0] if self.words else None

    def in_reading_order(self) -> list[Drawn]:
        """By rows of cells, then from left to right."""
        return sorted(self.shapes, key=lambda drawn: (drawn.cell // 3, drawn.x))


def make_scene(seed: int, aspect: float = 1.0, *, words: WordChoice | None = "trained") -> Scene:
    """A scene of `aspect` = width / height; `words` None prints none."""
    rng = random.Random(seed)
    width, height = (aspect, 1.0) if aspect >= 1 else (1.0, 1 / aspect)
    ground, ground_colour = _ground(rng)
    with_word = rng.random() < 0.34 and words is not None
    alone = with_word and rng.random() < 0.5
    wanted = 0 if alone else rng.choices(range(1, MOST_SHAPES + 1), SHAPES_SHARE)[0]
    sheet = _Sheet(width, height, ground, [])
    printed: list[Printed] = []
    if with_word and words is not None:
        wanted = min(wanted, 3)
        word, box = _printed(rng, sheet, wanted, words)
        sheet.taken.append(box)
        printed.append(word)
    shapes: list[Drawn] = []
    while len(shapes) < wanted:
        drawn = _drawn(rng, sheet, wanted + with_word)
        if drawn is None:
            break
        shapes.append(drawn)
    return Scene(seed, width, height, ground, ground_colour, tuple(shapes), tuple(printed))


def make_page(seed: int, aspect: float = 1.0) -> Scene:
    """Several words and no shapes: many letters to learn from in one picture."""
    rng = random.Random(f"page {seed}")
    width, height = (aspect, 1.0) if aspect >= 1 else (1.0, 1 / aspect)
    sheet = _Sheet(width, height, _ground(rng)[0], [])
    words: list[Printed] = []
    for _ in range(WORDS_TRIED):
        word, box = _printed(rng, sheet, 1, "trained")
        if sheet.is_free(box):
            sheet.taken.append(box)
            words.append(word)
    return Scene(seed, width, height, sheet.ground, None, (), tuple(words))


def _ground(rng: random.Random) -> tuple[Rgb, Colour | None]:
    """White most often; pale colours have no name of their own."""
    chance = rng.random()
    if chance < 0.45:
        return (255, 255, 255), COLOURS[-1]
    if chance < 0.75:
        pale = rng.randint(205, 255), rng.randint(205, 255), rng.randint(205, 255)
        return pale, None
    colour = rng.choice(COLOURS)
    return varied(rng.choice(colour.tones), rng), colour


def varied(tone: Rgb, rng: random.Random) -> Rgb:
    """The tone itself half of the time, or one that looks nearly like it."""
    if rng.random() < 0.5:
        return tone
    red, green, blue = (min(255, max(0, value + rng.randint(-14, 14))) for value in tone)
    return red, green, blue


def contrast(one: Rgb, other: Rgb) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def _tone_on(rng: random.Random, ground: Rgb) -> tuple[Colour, Rgb]:
    while True:
        colour = rng.choice(COLOURS)
        tone = varied(rng.choice(colour.tones), rng)
        if contrast(tone, ground) >= LEAST_CONTRAST:
            return colour, tone


def cell_at(x: float, y: float, width: float, height: float) -> int | None:
    """The cell of a point, None too near to a line between two."""
    across, down = x / width * 3, y / height * 3
    for part in (across, down):
        nearest = round(part)
        if nearest in {1, 2} and abs(part - nearest) < CELL_MARGIN * 3:
            return None
    return min(2, int(down)) * 3 + min(2, int(across))


Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True)
class _Sheet:
    """A picture in the making, and what is already taken of it."""

    width: float
    height: float
    ground: Rgb
    taken: list[Box]

    def is_free(self, box: Box) -> bool:
        left, top, right, bottom = box
        return all(
            right < other[0] or left > other[2] or bottom < other[1] or top > other[3]
            for other in self.taken
        )


def _drawn(rng: random.Random, sheet: _Sheet, company: int) -> Drawn | None:
    """One more shape, one of `company` things in all; None when there is no room."""
    width, height = sheet.width, sheet.height
    largest = {1: 0.42, 2: 0.24, 3: 0.19}.get(company, 0.15)
    shape = rng.choice(SHAPES)
    for _ in range(60):
        radius = rng.uniform(LEAST_RADIUS, largest)
        stretch = 1.0
        if shape.en in {"rectangle", "oval"}:
            stretch = rng.uniform(1.5, 2.6)
            stretch = stretch if rng.random() < 0.7 else 1 / stretch
        half_width = radius * min(1.6, math.sqrt(stretch)) * 1.05
        half_height = radius * min(1.6, math.sqrt(1 / stretch)) * 1.05
        if half_width * 2 > width or half_height * 2 > height:
            continue
        x = rng.uniform(half_width, width - half_width)
        y = rng.uniform(half_height, height - half_height)
        cell = cell_at(x, y, width, height)
        box = (x - half_width, y - half_height, x + half_width, y + half_height)
        if cell is None or not sheet.is_free(box):
            continue
        sheet.taken.append(box)
        colour, tone = _tone_on(rng, sheet.ground)
        turned = shape.en not in {"rectangle", "oval", "circle"} and rng.random() < 0.5
        turn = rng.uniform(-0.3, 0.3) if turned else 0.0
        outline = radius > 0.11 and rng.random() < 0.08
        return Drawn(shape, colour, tone, x, y, radius, stretch, turn, outline, cell)
    return None


def _printed(
    rng: random.Random, sheet: _Sheet, company: int, choice: WordChoice
) -> tuple[Printed, Box]:
    """A word in company of so many other things, and the box that it takes."""
    width, height, ground = sheet.width, sheet.height, sheet.ground
    text = random_word(rng, choice)
    tone: Rgb = (0, 0, 0)
    if rng.random() < 0.5 or contrast(tone, ground) < LEAST_CONTRAST * 2:
        for _ in range(20):
            tone = _tone_on(rng, ground)[1]
            if contrast(tone, ground) >= LEAST_CONTRAST * 2:
                break
    per_height = 0.72 * len(text) + 0.2
    tallest = min(0.5 if company == 0 else 0.3, width * 0.95 / per_height)
    size = rng.uniform(min(LEAST_WORD_HEIGHT, tallest), tallest)
    half_width, half_height = per_height * size / 2, size * 0.65
    while True:
        x = rng.uniform(half_width, width - half_width)
        y = rng.uniform(half_height, height - half_height)
        cell = cell_at(x, y, width, height)
        if cell is not None:
            break
        half_width, half_height = half_width * 0.98, half_height * 0.98
    box = (x - half_width, y - half_height, x + half_width, y + half_height)
    return Printed(text, tone, x, y, size, rng.choice(font_names()), cell), box
