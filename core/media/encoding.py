"""Pixels back into files, for engines that take images as files.

Owns the encoding; knows nothing of who reads it.
"""

from __future__ import annotations

import io

from PIL import Image

from core.media.content import RgbImage


def encode_png(image: RgbImage) -> bytes:
    """`image` as a PNG file, without loss and without metadata."""
    encoded = io.BytesIO()
    # Level 1: the file only crosses the loopback, so speed counts more than size.
    Image.fromarray(image.pixels).save(encoded, format="PNG", compress_level=1)
    return encoded.getvalue()
