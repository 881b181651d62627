"""From any accepted picture to upright RGB pixels at the size a model sees.

Owns decoding, limits on pixels and colour conversion; knows nothing of models. Safe to
call from several threads: no global state of Pillow is touched.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from core.errors import MediaError
from core.media.content import RgbImage
from core.media.resize import smart_resize, within_side
from core.media.source import Source, read_source
from core.settings.media import MediaSettings

ImageSource = Source | Image.Image | NDArray[np.uint8]
"""Also a Pillow image, or a uint8 array of shape (height, width, 3 or 4)."""

_Opener = Callable[[IO[bytes]], ImageFile.ImageFile]
# Opened by plugin, not by Image.open: that one warns about large pictures before their
# size can be looked at, and warnings cannot be caught in one thread only.
_OPENERS: tuple[tuple[bytes, _Opener], ...] = (
    (b"\xff\xd8\xff", JpegImagePlugin.JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", PngImagePlugin.PngImageFile),
    (b"GIF87a", GifImagePlugin.GifImageFile),
    (b"GIF89a", GifImagePlugin.GifImageFile),
    (b"BM", BmpImagePlugin.BmpImageFile),
    (b"II*\x00", TiffImagePlugin.TiffImageFile),
    (b"MM\x00*", TiffImagePlugin.TiffImageFile),
)
_DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, ArithmeticError),
    *(struct.error, MemoryError, AssertionError, Image.DecompressionBombError),
    Warning,  # a strict warning filter raises Pillow's remarks about damage
)
_COLOUR_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"})
_ALPHA_MODES = frozenset({"LA", "PA", "RGBA"})
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation. Source: EXIF 2.32, tag 274."""


def load_image(
    source: ImageSource,
    settings: MediaSettings,
    *,
    key: str = "image_path",
    longest_side_px: int | None = None,
    max_tokens: int | None = None,
) -> RgbImage:
    """Decode a JPEG, PNG, WEBP, GIF, BMP or TIFF; of an animation, the first frame.

    The picture is turned upright by its EXIF tag, laid on white where it is transparent,
    and scaled by `smart_resize`. `longest_side_px` shrinks it further; `max_tokens` can
    only lower the configured limit.

    Raises: MediaError, with `key` (or "resolution" for a bad `longest_side_px`).
    """
    if longest_side_px is not None and longest_side_px < 1:
        raise MediaError(
            f"The longest side cannot be {longest_side_px} pixels.",
            key="resolution",
            hint="Give a positive number of pixels.",
        )
    most_tokens = min(max_tokens or settings.image_max_tokens, settings.image_max_tokens)
    with _typed_errors(key):
        picture = _open(source, settings, key)
        check_pixels(picture.width, picture.height, settings, key=key)
        height_px, width_px = picture.height, picture.width
        if longest_side_px is not None:
            height_px, width_px = within_side(height_px, width_px, longest_side_px)
        least_tokens = min(settings.image_min_tokens, most_tokens)
        height_px, width_px = smart_resize(
            height_px, width_px, min_tokens=least_tokens, max_tokens=most_tokens, key=key
        )
        if isinstance(picture, JpegImagePlugin.JpegImageFile) and picture is not source:
            # Decode at a half, quarter or eighth where twice the wanted size is still left.
            picture.draft(None, (width_px * 2, height_px * 2))
        return RgbImage(_decode(picture, (width_px, height_px), key))


def check_pixels(width_px: int, height_px: int, settings: MediaSettings, *, key: str) -> None:
    """Raises: MediaError, when a picture of this size would take too much memory."""
    if max(width_px, height_px) <= settings.max_side_px and (
        width_px * height_px <= settings.max_pixels
    ):
        return
    raise MediaError(
        f"The picture is too large ({width_px} x {height_px} pixels).",
        key=key,
        hint=f"Scale it down to {settings.max_pixels / 1e6:g} megapixels and "
        f"{settings.max_side_px} pixels a side, or raise media.max_pixels.",
    )


@contextmanager
def _typed_errors(key: str) -> Iterator[None]:
    """Pillow's plugins raise what their parsing happens to stumble over."""
    try:
        yield
    except _DAMAGE as error:
        raise MediaError(
            f"The picture is damaged: {str(error).rstrip('.')}.",
            key=key,
            hint="Check that the file is whole, or save it again as JPEG or PNG.",
        ) from error


def _open(source: ImageSource, settings: MediaSettings, key: str) -> Image.Image:
    """Read only as far as the header, so that sizes can be checked before decoding."""
    if isinstance(source, Image.Image):
        return source
    if isinstance(source, np.ndarray):
        return _from_array(source, key)
    if not isinstance(source, str | os.PathLike | bytes | bytearray | memoryview):
        raise MediaError(
            f"{key} cannot be a {type(source).__name__}.",
            key=key,
            hint="Give a path, a data: URI, bytes, a Pillow image or a uint8 array.",
        )
    content = read_source(source, settings, key=key, kind="image")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WebPImagePlugin.WebPImageFile(io.BytesIO(content))
    for signature, opener in _OPENERS:
        if content.startswith(signature):
            return opener(io.BytesIO(content))
    raise MediaError(
        "The file is not a picture of a known format.",
        key=key,
        hint="Save it as JPEG, PNG, WEBP, GIF, BMP or TIFF.",
    )


def _from_array(pixels: NDArray[np.uint8], key: str) -> Image.Image:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in {3, 4}:
        raise MediaError(
            f"An array of {pixels.dtype} and shape {pixels.shape} is not a picture.",
            key=key,
            hint="Give uint8 of shape (height, width, 3) or (height, width, 4).",
        )
    return Image.fromarray(pixels)


def _decode(picture: Image.Image, size_px: tuple[int, int], key: str) -> NDArray[np.uint8]:
    """`size_px` is (width, height) as stored; turning comes last, when there is least to turn."""
    picture.load()
    orientation = _orientation(picture)
    picture = _plain_colours(picture, key).resize(size_px, Image.Resampling.BICUBIC)
    if picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    return np.array(picture, dtype=np.uint8, order="C")


def _orientation(picture: Image.Image) -> int:
    try:
        return cast(int, picture.getexif().get(ExifTags.Base.Orientation, 1))
    except _DAMAGE:
        return 1  # damaged EXIF says nothing; the pixels are still good


def _plain_colours(picture: Image.Image, key: str) -> Image.Image:
    """RGB, or RGBA where anything may be transparent."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if picture.mode not in _COLOUR_MODES:
        raise MediaError(
            f"Pictures with {picture.mode} pixels cannot be shown in colour.",
            key=key,
            hint="Save it as an 8-bit RGB picture.",
        )
    wanted = "RGBA" if picture.mode in _ALPHA_MODES or "transparency" in picture.info else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)
