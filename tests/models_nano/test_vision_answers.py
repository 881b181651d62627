"""What the embedded vision model says, through its worker, as the vision agent asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.nano.vision import Looker, looker
from models.nano.vision.evaluate import marked, photograph_cases, same
from models.nano.vision.questions import NO_PICTURE, PHOTOGRAPH
from models.nano.vision.words import font

RED_CIRCLE = Path(__file__).parents[1] / "data" / "red_circle.png"


@pytest.fixture(scope="module")
def model() -> Iterator[Looker]:
    with looker(threads=1) as opened:
        yield opened


def picture(width_px: int = 400, height_px: int = 300, ground: str = "white") -> Image.Image:
    return Image.new("RGB", (width_px, height_px), ground)


def asked(model: Looker, drawn: Image.Image, question: str) -> str:
    return model.ask(question, np.asarray(drawn.convert("RGB"), np.uint8))


@pytest.mark.parametrize(
    ("question", "colour"),
    [
        ("What colour is the circle?", "red"),
        ("What color is the circle?", "red"),
        ("what color is the circle", "red"),
        ("¿De qué color es el círculo?", "rojo"),
        ("de que color es el circulo", "rojo"),
    ],
)
def test_the_circle_is_red(model: Looker, question: str, colour: str) -> None:
    with Image.open(RED_CIRCLE) as drawn:
        assert colour in asked(model, drawn, question).lower()


@pytest.mark.parametrize("colour", ["red", "green", "blue", "yellow", "black", "orange"])
@pytest.mark.parametrize("size_px", [(400, 300), (512, 512), (300, 400)])
def test_colours_of_plain_drawings(model: Looker, colour: str, size_px: tuple[int, int]) -> None:
    drawn = picture(*size_px)
    ImageDraw.Draw(drawn).rectangle((120, 90, 220, 190), fill=colour)
    assert colour in asked(model, drawn, "What colour is the square?")


def test_shapes_are_counted_and_placed(model: Looker) -> None:
    drawn = picture()
    canvas = ImageDraw.Draw(drawn)
    canvas.ellipse((30, 30, 100, 100), fill="blue")
    canvas.rectangle((300, 200, 370, 270), fill="red")
    assert "two" in asked(model, drawn, "How many shapes are there?")
    assert "dos" in asked(model, drawn, "¿Cuántas figuras hay?")
    assert "top left" in asked(model, drawn, "Where is the circle?")
    assert "abajo a la derecha" in asked(model, drawn, "¿Dónde está el cuadrado?")
    described = asked(model, drawn, "¿Qué se ve aquí?")
    assert "círculo azul" in described
    assert "cuadrado rojo" in described


@pytest.mark.parametrize("word", ["HOLA", "sol", "GATO"])
def test_a_printed_word_is_read(model: Looker, word: str) -> None:
    drawn = picture()
    ImageDraw.Draw(drawn).text((80, 100), word, fill="black", font=font("", 90))
    assert word.casefold() in asked(model, drawn, "What does it say?").casefold()
    assert word.casefold() in asked(model, drawn, "¿Qué pone?").casefold()


def test_pictures_that_are_no_drawings_are_declined(model: Looker) -> None:
    marks = marked(photograph_cases(12), model.answer)
    assert marks.total >= 0.9, marks.misses


def test_it_says_that_there_is_no_picture(model: Looker) -> None:
    assert same(model.ask("What colour is the circle?", None), NO_PICTURE["en"])
    assert same(model.ask("¿De qué color es el círculo?", None), NO_PICTURE["es"])


def test_the_command_for_a_real_model_is_named() -> None:
    assert all("`sarai models pull vision`" in text for text in PHOTOGRAPH.values())
