"""One picture of training: its pixels, what it shows, and what lies in its patches and tokens.

Owns sizes, scaling and labels; knows nothing of questions or tokens of text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.nano.vision.drawing import (
    MOST_TOKENS,
    TOKEN_PX,
    Pixels,
    centred,
    content_size,
    draw,
    grid_of,
    labels,
    with_grain,
)
from models.nano.vision.names import COLOURS, SHAPES
from models.nano.vision.photographs import make_photograph
from models.nano.vision.scenes import Scene, make_page, make_scene
from models.nano.vision.words import CHARACTERS, LONGEST

Integers = NDArray[np.int64]
PATCH_PX = TOKEN_PX // 2
PHOTOGRAPH_SHARE = 0.1

SHAPE_WORD, SHAPE_PHOTOGRAPH = len(SHAPES) + 1, len(SHAPES) + 2
PATCH_CLASSES = (
    *(len(SHAPES) + 3, len(COLOURS) + 1),
    *(len(CHARACTERS) + 1, len(CHARACTERS) + 1, LONGEST + 1, LONGEST + 1),
)
"""Per patch: what covers it, its colour, the letter in its left and right half, and the
numbers of those letters in the word. 0 is nothing."""

TOKEN_CLASSES = (len(SHAPES) + 3, len(COLOURS) + 1, 10)
"""Per token: of the thing whose centre it holds, the kind, the colour and 1 + the cell."""


@dataclass(frozen=True)
class Picture:
    """Pixels of whole tokens, what they show, and the labels of patches and tokens."""

    pixels: Pixels
    scene: Scene | None
    patch_labels: Integers
    token_labels: Integers
    centres: tuple[int, ...] = ()  # the tokens that hold the centres of shapes, then of words


@dataclass(frozen=True)
class Frame:
    """The size that all pictures of a batch share: its grid of tokens, and the part of it
    that is not black.
    """

    rows: int
    columns: int
    width_px: int
    height_px: int


def random_frame(rng: random.Random, *, smaller_share: float = 0.08) -> Frame:
    """As pictures of common sizes come to the tower; some of them with fewer tokens."""
    chance = rng.random()
    if chance < 0.4:
        aspect = 1.0
    elif chance < 0.8:
        aspect = rng.choice((4 / 3, 4 / 3, 3 / 2, 16 / 9, 3 / 4, 2 / 3))
    else:
        aspect = rng.uniform(0.55, 1.9)
    height_px = 1000
    width_px = round(height_px * aspect)
    smaller = rng.random() < smaller_share
    most_tokens = rng.randint(20, MOST_TOKENS) if smaller else MOST_TOKENS
    rows, columns = grid_of(width_px, height_px, most_tokens)
    if rng.random() < 0.3:
        return Frame(rows, columns, columns * TOKEN_PX, rows * TOKEN_PX)
    return Frame(rows, columns, *content_size(width_px, height_px, rows, columns))


def make_picture(seed: int, frame: Frame, *, page_share: float = 0.0) -> Picture:
    """A photograph, a page of words or a scene, drawn larger and scaled down."""
    rng = random.Random(f"picture {seed}")
    if rng.random() < PHOTOGRAPH_SHARE:
        content = make_photograph(seed, frame.width_px, frame.height_px)
        return _photograph(content, frame)
    stretched = 1.0 if rng.random() < 0.4 else rng.uniform(0.93, 1.07)
    make = make_page if rng.random() < page_share else make_scene
    scene = make(seed, frame.width_px / frame.height_px * stretched)
    size = (frame.width_px, frame.height_px)
    content = rendered(scene, size, enlarged=rng.choice((1.0, 1.3, 1.7, rng.uniform(1, 3))))
    content = with_grain(content, seed)
    return Picture(centred(content, frame.rows, frame.columns), scene, *_labels(scene, frame))


def rendered(scene: Scene, size_px: tuple[int, int], *, enlarged: float) -> Pixels:
    """Drawn at `enlarged` times the size and scaled down, as a large picture would be."""
    width_px = round(size_px[0] * enlarged)
    large = draw(scene, width_px, max(1, round(width_px * scene.height / scene.width)))
    return np.asarray(Image.fromarray(large).resize(size_px, Image.Resampling.BICUBIC))


def _photograph(content: Pixels, frame: Frame) -> Picture:
    patches = np.zeros((4 * frame.rows * frame.columns, len(PATCH_CLASSES)), np.int64)
    tokens = np.zeros((frame.rows * frame.columns, len(TOKEN_CLASSES)), np.int64)
    patches[:, 0] = tokens[:, 0] = SHAPE_PHOTOGRAPH
    return Picture(centred(content, frame.rows, frame.columns), None, patches, tokens)


def _labels(scene: Scene, frame: Frame) -> tuple[Integers, Integers, tuple[int, ...]]:
    """Of patches, of tokens, and the tokens that hold the centres of things."""
    rows, columns = frame.rows * 2, frame.columns * 2
    width_px, height_px = frame.width_px, frame.height_px
    drawn_high = max(1, round(width_px * scene.height / scene.width))
    maps = labels(scene, width_px, drawn_high)
    left = (frame.columns * TOKEN_PX - width_px) // 2
    top = (frame.rows * TOKEN_PX - height_px) // 2

    def at(field: Pixels, across_px: int, down_px: int) -> Integers:
        x = np.arange(columns) * PATCH_PX + PATCH_PX // 2 + across_px - left
        y = np.arange(rows) * PATCH_PX + PATCH_PX // 2 + down_px - top
        inside = ((y >= 0) & (y < height_px))[:, None] & ((x >= 0) & (x < width_px))[None, :]
        y = np.clip(y * drawn_high // height_px, 0, drawn_high - 1)
        found = field[y[:, None], np.clip(x, 0, width_px - 1)[None, :]]
        return np.where(inside, found, 0).astype(np.int64)

    kinds = np.array([0] + [1 + SHAPES.index(each.shape) for each in scene.shapes])
    tints = np.array([0] + [1 + COLOURS.index(each.colour) for each in scene.shapes])
    covering = at(maps.shapes, 0, 0)
    halves = [
        np.maximum.reduce([at(field, across, down) for down in (-6, 0, 6)])
        for field in (maps.letters, maps.orders)
        for across in (-4, 4)
    ]
    kind = np.where((halves[0] > 0) | (halves[1] > 0), SHAPE_WORD, kinds[covering])
    fields = [kind, tints[covering], *halves]
    grid = np.stack(fields, -1)
    blocks = grid.reshape(frame.rows, 2, frame.columns, 2, -1).transpose(0, 2, 1, 3, 4)
    tokens = np.zeros((frame.rows, frame.columns, len(TOKEN_CLASSES)), np.int64)
    things = [(each.x, each.y, 1 + SHAPES.index(each.shape), 1 + COLOURS.index(each.colour),
               1 + each.cell) for each in scene.shapes]  # fmt: skip
    things += [(word.x, word.y, SHAPE_WORD, 0, 1 + word.cell) for word in scene.words]
    centres = []
    for x, y, *codes_of_thing in things:
        column = int((x / scene.width * width_px + left) // TOKEN_PX)
        row = int((y / scene.height * height_px + top) // TOKEN_PX)
        row, column = min(row, frame.rows - 1), min(column, frame.columns - 1)
        tokens[row, column] = codes_of_thing
        centres.append(row * frame.columns + column)
    return (
        blocks.reshape(-1, len(PATCH_CLASSES)),
        tokens.reshape(-1, len(TOKEN_CLASSES)),
        tuple(centres),
    )
