"""The size at which a vision model sees a picture.

Owns Qwen's resizing rule in whole tokens; knows nothing of files, pixels or models.
"""

from __future__ import annotations

import math

from core.errors import MediaError
from core.media.content import RgbImage

TOKEN_SIDE_PX = 32
"""One token covers 32 x 32 pixels: patches of 16, merged two by two.

Source: Qwen3-VL's preprocessor_config.json (patch_size 16, merge_size 2).
"""

MAX_ASPECT_RATIO = 200
"""Source: qwen-vl-utils 0.0.14, vision_process.MAX_RATIO."""


def smart_resize(
    height_px: int, width_px: int, *, min_tokens: int, max_tokens: int, key: str = "image_path"
) -> tuple[int, int]:
    """The (height_px, width_px) to scale to: multiples of 32, aspect ratio nearly kept.

    Pictures between the limits are rounded to the nearest token; only those under
    `min_tokens` grow. `max_tokens` always holds; `min_tokens` gives way to it where whole
    tokens cannot satisfy both. Symmetric: swapping the sides swaps the answer.

    Source: smart_resize of qwen-vl-utils 0.0.14 with factor 32; sizes are equal wherever
    that one respects its own limits (it can return a zero side or exceed the maximum for
    very long pictures).

    Raises: MediaError, for an empty picture or sides more than 200 to 1.
    """
    if min(height_px, width_px) < 1:
        raise MediaError(
            f"The picture is empty ({width_px} x {height_px} pixels).",
            key=key,
            hint="Give a picture with at least one pixel.",
        )
    if max(height_px, width_px) / min(height_px, width_px) > MAX_ASPECT_RATIO:
        raise MediaError(
            f"The picture is too long for its width ({width_px} x {height_px} pixels).",
            key=key,
            hint=f"Cut it: one side may be at most {MAX_ASPECT_RATIO} times the other.",
        )
    rows = max(1, round(height_px / TOKEN_SIDE_PX))
    columns = max(1, round(width_px / TOKEN_SIDE_PX))
    if rows * columns < min_tokens:
        rows, columns = _grow(height_px, width_px, min_tokens)
    if rows * columns > max_tokens:
        rows, columns = _shrink(height_px, width_px, max_tokens)
    return rows * TOKEN_SIDE_PX, columns * TOKEN_SIDE_PX


def picture_tokens(image: RgbImage) -> int:
    """What a picture that was scaled by `smart_resize` takes of the model's context."""
    return (image.height_px // TOKEN_SIDE_PX) * (image.width_px // TOKEN_SIDE_PX)


def within_side(height_px: int, width_px: int, longest_side_px: int) -> tuple[int, int]:
    """Scale down so that the longer side is the last multiple of 32 up to `longest_side_px`.

    Landing on a whole token keeps `smart_resize` from rounding past what was asked.
    """
    longest_px = max(height_px, width_px)
    limit_px = max(TOKEN_SIDE_PX, longest_side_px // TOKEN_SIDE_PX * TOKEN_SIDE_PX)
    if longest_px <= limit_px:
        return height_px, width_px
    scale = limit_px / longest_px
    return max(1, round(height_px * scale)), max(1, round(width_px * scale))


def _grow(height_px: int, width_px: int, min_tokens: int) -> tuple[int, int]:
    scale = math.sqrt(min_tokens * TOKEN_SIDE_PX**2 / (height_px * width_px))
    return math.ceil(height_px * scale / TOKEN_SIDE_PX), math.ceil(width_px * scale / TOKEN_SIDE_PX)


def _shrink(height_px: int, width_px: int, max_tokens: int) -> tuple[int, int]:
    scale = math.sqrt(height_px * width_px / (max_tokens * TOKEN_SIDE_PX**2))
    rows = math.floor(height_px / scale / TOKEN_SIDE_PX)
    columns = math.floor(width_px / scale / TOKEN_SIDE_PX)
    # A thin picture has less than one row; its one row must then not be too long.
    return min(max(1, rows), max_tokens), min(max(1, columns), max_tokens)
