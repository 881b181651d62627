"""Pictures that are no drawings: landscapes, textures, blurred things, pages, made by chance.

They stand for photographs in training, where the model learns to say that it cannot see
them. Owns nothing but arithmetic on noise; real photographs only test what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from models.nano.vision.drawing import Pixels

Field = NDArray[np.float32]
Generator = np.random.Generator


def make_photograph(seed: int, width_px: int, height_px: int) -> Pixels:
    rng = np.random.default_rng(seed)
    made = rng.choice(np.array(_MAKERS, dtype=object))(rng, width_px, height_px)
    light = 1 + 0.3 * _cloud(rng, width_px, height_px, roughness=3.0)[..., None]
    grain = rng.normal(0, rng.uniform(1, 9), made.shape)
    picture: Pixels = np.clip(made * light + grain, 0, 255).astype(np.uint8)
    return picture


def _cloud(rng: Generator, width_px: int, height_px: int, *, roughness: float) -> Field:
    """Smooth noise of mean 0: octaves that fall off by `roughness`."""
    total = np.zeros((height_px, width_px), np.float32)
    cells, weight = 3, 1.0
    while cells < max(width_px, height_px) and weight > 0.02:
        small = rng.normal(0, 1, (cells, cells)).astype(np.float32)
        scaled = Image.fromarray(small).resize((width_px, height_px), Image.Resampling.BICUBIC)
        total += weight * np.asarray(scaled)
        cells, weight = cells * 2, weight / roughness
    spread: float = float(total.std())
    return _single(total / max(1e-3, spread))


def _colours(rng: Generator, count: int) -> Field:
    """Natural colours: less saturated than those of drawings."""
    grey = rng.uniform(30, 220, (count, 1))
    return _single(np.clip(grey + rng.normal(0, 32, (count, 3)), 0, 255))


def _clouds(rng: Generator, width_px: int, height_px: int) -> Field:
    """Two or three colours that run into one another."""
    dark, light, third = _colours(rng, 3)
    mix = _squashed(_cloud(rng, width_px, height_px, roughness=rng.uniform(1.3, 2.6)))
    other = _squashed(_cloud(rng, width_px, height_px, roughness=rng.uniform(1.3, 2.6)))
    blended = dark + (light - dark) * mix[..., None]
    return _single(blended + (third - blended) * other[..., None] * rng.uniform(0, 0.8))


def _squashed(field: Field) -> Field:
    return _single(0.5 + 0.5 * np.tanh(0.85 * field))


def _single(values: NDArray[Any]) -> Field:
    single: Field = values.astype(np.float32)
    return single


def _landscape(rng: Generator, width_px: int, height_px: int) -> Field:
    """A sky and ranges of hills before it, each with its texture."""
    down = np.linspace(0, 1, height_px, dtype=np.float32)[:, None]
    sky, low = _colours(rng, 2)
    if rng.random() < 0.6:
        sky = np.array([90, 150, 215], np.float32) + rng.normal(0, 25, 3).astype(np.float32)
    picture = sky + (low - sky) * down[..., None] * rng.uniform(0.2, 1)
    picture = picture + 14 * _cloud(rng, width_px, height_px, roughness=1.7)[..., None]
    horizon = rng.uniform(0.2, 0.6)
    for colour in _colours(rng, int(rng.integers(1, 5))):
        line = horizon + 0.06 * _cloud(rng, width_px, 1, roughness=1.6)[0]
        ground = (down > line[None, :])[..., None]
        rough = _cloud(rng, width_px, height_px, roughness=rng.uniform(1.1, 1.8))[..., None]
        picture = np.where(ground, colour + rng.uniform(8, 35) * rough, picture)
        horizon += rng.uniform(0.05, 0.25)
    return _single(picture)


def _things(rng: Generator, width_px: int, height_px: int) -> Field:
    """Overlapping things out of focus, in front of a ground."""
    image = Image.fromarray(np.clip(_clouds(rng, width_px, height_px), 0, 255).astype(np.uint8))
    canvas = ImageDraw.Draw(image)
    for colour in _colours(rng, int(rng.integers(6, 40))):
        across, down = rng.uniform(0, width_px), rng.uniform(0, height_px)
        size = rng.uniform(0.04, 0.35) * min(width_px, height_px)
        fill = tuple(int(value) for value in colour)
        corners = np.array([across, down]) + rng.normal(0, size, (int(rng.integers(3, 8)), 2))
        if rng.random() < 0.5:
            canvas.ellipse([across - size, down - size / 2, across + size, down + size], fill)
        else:
            canvas.polygon([(float(x), float(y)) for x, y in corners], fill)
    blurred = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.6, 6)))
    rough = _cloud(rng, width_px, height_px, roughness=rng.uniform(1.0, 2.0))[..., None]
    return np.asarray(blurred, np.float32) + rng.uniform(3, 25) * rough


def _portrait(rng: Generator, width_px: int, height_px: int) -> Field:
    """One large shaded thing before a soft ground."""
    across = np.linspace(-1, 1, width_px, dtype=np.float32)[None, :] - rng.uniform(-0.4, 0.4)
    down = np.linspace(-1, 1, height_px, dtype=np.float32)[:, None] - rng.uniform(-0.3, 0.5)
    bend = 0.25 * _cloud(rng, width_px, height_px, roughness=2.2)
    distance = np.hypot(across / rng.uniform(0.3, 0.8), down / rng.uniform(0.4, 1.0)) + bend
    inside = _squashed((1 - distance) * rng.uniform(3, 25))[..., None]
    body, shade = _colours(rng, 2)
    lit = _squashed(across * rng.normal() * 2 + down * rng.normal() * 2)[..., None]
    rough = _cloud(rng, width_px, height_px, roughness=rng.uniform(1.1, 2.0))[..., None]
    thing = body + (shade - body) * lit + rng.uniform(3, 30) * rough
    ground = _clouds(rng, width_px, height_px)
    if rng.random() < 0.4:
        ground = ground * 0.15 + _colours(rng, 1)[0] * 0.85
    return _single(ground + (thing - ground) * inside)


def _pattern(rng: Generator, width_px: int, height_px: int) -> Field:
    """Bricks, tiles, cloth: a repeated edge under uneven light."""
    row = np.arange(height_px, dtype=np.float32)[:, None]
    column = np.arange(width_px, dtype=np.float32)[None, :]
    turn, period = rng.uniform(0, np.pi), rng.uniform(5, 40)
    warp = rng.uniform(0, 4) * _cloud(rng, width_px, height_px, roughness=2.0)
    first = np.sin((column * np.cos(turn) + row * np.sin(turn) + warp) * 2 * np.pi / period)
    second = np.sin((row * np.cos(turn) - column * np.sin(turn) + warp) * 2 * np.pi / period)
    mixed = _squashed(rng.uniform(1, 6) * (first + rng.choice([0, 1]) * second))[..., None]
    one, other = _colours(rng, 2)
    rough = _cloud(rng, width_px, height_px, roughness=rng.uniform(1.0, 1.6))[..., None]
    return _single(one + (other - one) * mixed + rng.uniform(4, 22) * rough)


def _page(rng: Generator, width_px: int, height_px: int) -> Field:
    """A page or a screen full of small print."""
    image = Image.new("RGB", (width_px, height_px), (int(rng.integers(225, 256)),) * 3)
    canvas = ImageDraw.Draw(image)
    step = int(rng.integers(6, 12))
    for top in range(step, height_px - step, step):
        left = int(rng.integers(4, 20))
        while left < width_px * rng.uniform(0.6, 1.0):
            wide = int(rng.integers(3, 24))
            canvas.rectangle([left, top, left + wide, top + step // 3], fill=(60, 60, 60))
            left += wide + 3
    return np.asarray(image, np.float32)


Maker = Callable[[Generator, int, int], Field]
_MAKERS: list[Maker] = [
    *(_clouds, _landscape, _landscape, _things, _things),
    *(_portrait, _portrait, _pattern, _page),
]
