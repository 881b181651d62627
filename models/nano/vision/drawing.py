"""Draws scenes as pixels, as people's programs do, and fits pictures to whole tokens.

Owns rasterisation and llama.cpp's resizing rule; knows nothing of questions or models.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.nano.vision.names import Rgb
from models.nano.vision.scenes import Drawn, Printed, Scene
from models.nano.vision.words import CHARACTERS, font

Pixels = NDArray[np.uint8]
TOKEN_PX = 32
MOST_TOKENS = 36
"""Tokens of one picture, at most: what the model is trained for and wants to be run with."""

LEAST_TOKENS = 8
"""Below this llama.cpp enlarges."""


def grid_of(width_px: int, height_px: int, most_tokens: int = MOST_TOKENS) -> tuple[int, int]:
    """Rows and columns of tokens for a picture.

    Source: llama.cpp, calc_size_preserved_ratio in tools/mtmd/mtmd-image.cpp.
    """
    columns = max(1, math.floor(width_px / TOKEN_PX + 0.5))
    rows = max(1, math.floor(height_px / TOKEN_PX + 0.5))
    if rows * columns > most_tokens:
        shrink = math.sqrt(height_px * width_px / (most_tokens * TOKEN_PX**2))
        rows = max(1, math.floor(height_px / shrink / TOKEN_PX))
        columns = max(1, math.floor(width_px / shrink / TOKEN_PX))
    elif rows * columns < LEAST_TOKENS:
        grow = math.sqrt(LEAST_TOKENS * TOKEN_PX**2 / (height_px * width_px))
        rows = math.ceil(height_px * grow / TOKEN_PX)
        columns = math.ceil(width_px * grow / TOKEN_PX)
    return rows, columns


def content_size(width: float, height: float, rows: int, columns: int) -> tuple[int, int]:
    """Width and height in pixels of a picture inside its grid; the rest is black."""
    scale = min(columns * TOKEN_PX / width, rows * TOKEN_PX / height)
    wide = min(math.ceil(width * scale - 1e-6), columns * TOKEN_PX)
    high = min(math.ceil(height * scale - 1e-6), rows * TOKEN_PX)
    return wide, high


def fitted(picture: Pixels, most_tokens: int = MOST_TOKENS) -> Pixels:
    """`picture` as llama.cpp hands it to the tower: scaled, centred on black."""
    height_px, width_px = picture.shape[:2]
    rows, columns = grid_of(width_px, height_px, most_tokens)
    if (height_px, width_px) == (rows * TOKEN_PX, columns * TOKEN_PX):
        return picture
    size = content_size(width_px, height_px, rows, columns)
    scaled = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))
    return centred(scaled, rows, columns)


def centred(content: Pixels, rows: int, columns: int) -> Pixels:
    canvas = np.zeros((rows * TOKEN_PX, columns * TOKEN_PX, 3), np.uint8)
    height, width = content.shape[:2]
    top, left = (canvas.shape[0] - height) // 2, (canvas.shape[1] - width) // 2
    canvas[top : top + height, left : left + width] = content
    return canvas


@dataclass(frozen=True)
class Brush:
    """Draws with `scale` pixels to the unit of a scene."""

    canvas: ImageDraw.ImageDraw
    scale: float

    def shape(self, drawn: Drawn, ink: Rgb | int) -> None:
        """In `ink`, filled or as an outline."""
        line_px = max(2, round(drawn.radius * self.scale * 0.18)) if drawn.outline else 0
        fill = None if drawn.outline else ink
        if drawn.shape.en in {"circle", "oval"}:
            half_width, half_height = _halves(drawn)
            self.canvas.ellipse(
                [
                    (drawn.x - half_width) * self.scale,
                    (drawn.y - half_height) * self.scale,
                    (drawn.x + half_width) * self.scale,
                    (drawn.y + half_height) * self.scale,
                ],
                fill,
                ink,
                line_px,
            )
        else:
            corners = [self._at(drawn, *corner) for corner in _corners(drawn)]
            self.canvas.polygon(corners, fill, ink, max(1, line_px))

    def _at(self, drawn: Drawn, across: float, down: float) -> tuple[float, float]:
        cosine, sine = math.cos(drawn.turn), math.sin(drawn.turn)
        x = drawn.x + across * cosine - down * sine
        y = drawn.y + across * sine + down * cosine
        return x * self.scale, y * self.scale

    def word(self, printed: Printed) -> list[tuple[float, float, float, float]]:
        """Prints the word; returns the box of each letter in pixels."""
        face = font(printed.font, max(6, round(printed.height * self.scale)))
        left, top, right, bottom = face.getbbox(printed.text)
        x = printed.x * self.scale - (left + right) / 2
        y = printed.y * self.scale - (top + bottom) / 2
        self.canvas.text((x, y), printed.text, fill=printed.tone, font=face)
        edges = [face.getlength(printed.text[:end]) for end in range(len(printed.text) + 1)]
        return [
            (x + start, y + top, x + end, y + bottom) for start, end in itertools.pairwise(edges)
        ]


def _halves(drawn: Drawn) -> tuple[float, float]:
    root = math.sqrt(drawn.stretch)
    limit = 1.6
    return drawn.radius * min(limit, root), drawn.radius * min(limit, 1 / root)


def _corners(drawn: Drawn) -> list[tuple[float, float]]:
    """Corners around the centre, before turning."""
    radius = drawn.radius
    if drawn.shape.en == "rectangle":
        wide, high = _halves(drawn)
        return [(-wide, -high), (wide, -high), (wide, high), (-wide, high)]
    if drawn.shape.en == "square":
        half = radius * 0.88
        return [(-half, -half), (half, -half), (half, half), (-half, half)]
    if drawn.shape.en == "triangle":
        return _around(3, [radius * 1.1])
    if drawn.shape.en == "star":
        return _around(10, [radius * 1.08, radius * 0.46])
    arm, half = radius, radius * 0.33
    return [
        *((-half, -arm), (half, -arm), (half, -half), (arm, -half)),
        *((arm, half), (half, half), (half, arm), (-half, arm)),
        *((-half, half), (-arm, half), (-arm, -half), (-half, -half)),
    ]


def _around(count: int, radii: list[float]) -> list[tuple[float, float]]:
    turns = [2 * math.pi * number / count for number in range(count)]
    return [
        (radii[number % len(radii)] * math.sin(turn), -radii[number % len(radii)] * math.cos(turn))
        for number, turn in enumerate(turns)
    ]


@dataclass(frozen=True)
class Labels:
    """What lies where, per pixel of the picture: 0 for nothing, else 1 + the number of the
    shape in the scene (`shapes`), of the character (`letters`), or of its place in the word
    (`orders`).
    """

    shapes: Pixels
    letters: Pixels
    orders: Pixels


def draw(scene: Scene, width_px: int, height_px: int) -> Pixels:
    """The scene in pixels, with hard edges and without noise."""
    image = Image.new("RGB", (width_px, height_px), scene.ground)
    brush = Brush(ImageDraw.Draw(image), width_px / scene.width)
    for drawn in scene.shapes:
        brush.shape(drawn, drawn.tone)
    for word in scene.words:
        brush.word(word)
    return np.asarray(image)


def labels(scene: Scene, width_px: int, height_px: int) -> Labels:
    shapes = Image.new("L", (width_px, height_px))
    brush = Brush(ImageDraw.Draw(shapes), width_px / scene.width)
    for number, drawn in enumerate(scene.shapes):
        brush.shape(replace(drawn, outline=False), number + 1)
    letters, orders = (Image.new("L", (width_px, height_px)) for _ in range(2))
    brush = Brush(ImageDraw.Draw(Image.new("RGB", (1, 1))), width_px / scene.width)
    for word in scene.words:
        for number, (letter, box) in enumerate(zip(word.text, brush.word(word), strict=True)):
            ImageDraw.Draw(letters).rectangle(box, fill=CHARACTERS.index(letter) + 1)
            ImageDraw.Draw(orders).rectangle(box, fill=number + 1)
    return Labels(np.asarray(shapes), np.asarray(letters), np.asarray(orders))


def with_grain(picture: Pixels, seed: int) -> Pixels:
    """Noise of up to six levels in a third of the pictures; the others are clean."""
    rng = np.random.default_rng(seed)
    strength = int(rng.integers(1, 7)) if rng.random() < 1 / 3 else 0
    if strength == 0:
        return picture
    noise = rng.integers(-strength, strength + 1, picture.shape, dtype=np.int16)
    grainy: Pixels = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return grainy
