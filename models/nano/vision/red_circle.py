"""Draws the picture of the first example: `python -m models.nano.vision.red_circle PATH`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

SIDE_PX = 256


def red_circle() -> Image.Image:
    picture = Image.new("RGB", (SIDE_PX, SIDE_PX), "white")
    ImageDraw.Draw(picture).ellipse((64, 56, 192, 184), fill="red")
    return picture


if __name__ == "__main__":
    red_circle().save(Path(sys.argv[1]), optimize=True)
