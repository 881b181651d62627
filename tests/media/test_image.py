from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import MediaError
from core.media.content import RgbImage
from core.media.encoding import encode_png
from core.media.image import ImageSource, load_image
from core.settings.media import MediaSettings

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]


def corners(width_px: int = 320, height_px: int = 256) -> Image.Image:
    """Red, green / blue, white."""
    image = Image.new("RGB", (width_px, height_px), WHITE)
    image.paste(RED, (0, 0, width_px // 2, height_px // 2))
    image.paste(GREEN, (width_px // 2, 0, width_px, height_px // 2))
    image.paste(BLUE, (0, height_px // 2, width_px // 2, height_px))
    return image


def encoded(image: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    image.save(content, format=file_format, **options)
    return content.getvalue()


def assert_corners(image: RgbImage, tolerance: int = 6) -> None:
    quarter_y, quarter_x = image.height_px // 4, image.width_px // 4
    found = image.pixels[[quarter_y, quarter_y, -quarter_y, -quarter_y]][
        [0, 1, 2, 3], [quarter_x, -quarter_x, quarter_x, -quarter_x]
    ]
    expected = np.array([RED, GREEN, BLUE, WHITE])
    assert np.abs(found.astype(int) - expected).max() <= tolerance, found


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_format_in_every_form(
    file_format: str, settings: MediaSettings, tmp_path: Path
) -> None:
    content = encoded(corners(), file_format)
    path = tmp_path / "wrong extension.txt"
    path.write_bytes(content)
    uri = f"data:image/{file_format.lower()};base64,{base64.b64encode(content).decode()}"
    forms: list[ImageSource] = [content, path, str(path), uri, Image.open(io.BytesIO(content))]
    for form in forms:
        image = load_image(form, settings)
        assert (image.width_px, image.height_px) == (320, 256)
        assert image.pixels.dtype == np.uint8
        assert image.pixels.flags.c_contiguous
        assert image.time_s is None
        assert_corners(image, tolerance=12)


def test_arrays_with_and_without_alpha(settings: MediaSettings) -> None:
    pixels = np.asarray(corners())
    assert np.array_equal(load_image(pixels, settings).pixels, pixels)
    alpha = np.full((*pixels.shape[:2], 1), 0, np.uint8)
    faded = load_image(np.concatenate([pixels, alpha], axis=2), settings)
    assert (faded.pixels == 255).all()


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 2), np.uint8),
        np.zeros((8, 8, 3), np.float32),
        np.zeros((0, 8, 3), np.uint8),
        7,
        None,
        b"",
        b"GIF8",
        b"%PDF-1.7",
        b"\x00" * 100,
        encoded(corners(), "PPM"),
        encoded(corners(), "ICO"),
        Image.new("F", (64, 64)),
    ],
)
def test_what_is_no_picture_is_refused(bad: ImageSource, settings: MediaSettings) -> None:
    with pytest.raises(MediaError) as caught:
        load_image(bad, settings, key="images")
    assert caught.value.key == "images"
    assert caught.value.hint


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_upright(
    orientation: int, file_format: str, settings: MediaSettings
) -> None:
    # How the sensor saw it: the inverse of what the tag asks the viewer to do.
    stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    seen = corners() if stored is None else corners().transpose(stored)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = load_image(encoded(seen, file_format, exif=exif), settings)
    assert (image.width_px, image.height_px) == (320, 256)
    assert_corners(image, tolerance=12)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_does_not_spoil_the_picture(file_format: str, settings: MediaSettings) -> None:
    content = encoded(corners(), file_format, exif=b"Exif\x00\x00nonsense")
    assert_corners(load_image(content, settings), tolerance=12)


def test_transparency_is_laid_on_white(settings: MediaSettings) -> None:
    clear = Image.new("RGBA", (256, 256), (255, 0, 0, 0))
    half = Image.new("RGBA", (256, 256), (255, 0, 0, 128))
    palette = Image.new("P", (256, 256), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    for content, expected in [
        (encoded(clear), WHITE),
        (encoded(half), (255, 127, 127)),
        (encoded(Image.new("LA", (256, 256), (0, 0))), WHITE),
        (encoded(palette, transparency=1), WHITE),
        (encoded(palette, "GIF", transparency=1), WHITE),
        (encoded(palette, transparency=0), RED),
        (encoded(Image.new("RGB", (256, 256), RED), transparency=RED), WHITE),
        (encoded(clear, "WEBP", lossless=True, exact=True), WHITE),
    ]:
        pixels = load_image(content, settings).pixels
        assert np.abs(pixels.astype(int) - np.array(expected)).max() <= 1


def test_hidden_colours_do_not_bleed_when_scaled(settings: MediaSettings) -> None:
    image = Image.new("RGBA", (1000, 1000), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 500, 1000))
    assert load_image(encoded(image), settings, longest_side_px=256).pixels.min() >= 254


def test_unusual_pixels_keep_their_colours(settings: MediaSettings) -> None:
    deep = Image.fromarray(np.full((256, 256), 0x80FF, np.uint16))
    for content, expected in [
        (encoded(deep), (128, 128, 128)),
        (encoded(deep, "TIFF"), (128, 128, 128)),
        (encoded(Image.new("CMYK", (256, 256), (0, 255, 255, 0)), "TIFF"), RED),
        (encoded(Image.new("CMYK", (256, 256), (0, 255, 255, 0)), "JPEG"), RED),
        (encoded(Image.new("1", (256, 256), 1)), WHITE),
        (encoded(Image.new("L", (256, 256), 77), "JPEG"), (77, 77, 77)),
        (encoded(Image.new("RGB", (256, 256), BLUE).quantize(4)), BLUE),
    ]:
        pixels = load_image(content, settings).pixels
        assert np.abs(pixels.astype(int) - np.array(expected)).max() <= 2, expected


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame(file_format: str, settings: MediaSettings) -> None:
    frames = [Image.new("RGB", (256, 256), colour) for colour in (RED, GREEN, BLUE)]
    content = encoded(frames[0], file_format, save_all=True, append_images=frames[1:])
    pixels = load_image(content, settings).pixels
    assert np.abs(pixels.astype(int) - np.array(RED)).max() <= 3


def png_claiming(width_px: int, height_px: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 100)), chunk(b"IEND", b"")]
    )


def claiming(file_format: str, width_px: int, height_px: int) -> bytes:
    """A tiny file whose header claims a huge picture."""
    if file_format == "PNG":
        return png_claiming(width_px, height_px)
    content = bytearray(encoded(Image.new("RGB", (8, 8)), file_format))
    if file_format == "GIF":
        content[6:10] = struct.pack("<HH", width_px, height_px)
    elif file_format == "BMP":
        content[18:26] = struct.pack("<ii", width_px, height_px)
    elif file_format == "JPEG":
        place = content.index(b"\xff\xc0")
        content[place + 5 : place + 9] = struct.pack(">HH", height_px, width_px)
    else:
        old = struct.pack("<HHIHH", 256, 4, 1, 8, 0), struct.pack("<HHIHH", 257, 4, 1, 8, 0)
        for entry, side in zip(old, (width_px, height_px), strict=True):
            assert entry in content
            content[:] = content.replace(entry, entry[:8] + struct.pack("<I", side))
    return bytes(content)


@pytest.mark.parametrize("file_format", ["PNG", "GIF", "BMP", "JPEG", "TIFF"])
@pytest.mark.parametrize("size", [(30_000, 30_000), (12_000, 12_000), (16_385, 100)])
def test_bombs_are_refused_before_decoding(
    file_format: str, size: tuple[int, int], settings: MediaSettings
) -> None:
    content = claiming(file_format, *size)
    assert len(content) < 2000
    with pytest.raises(MediaError, match="too large") as caught:
        load_image(content, settings)
    assert f"{size[0]} x {size[1]}" in str(caught.value)


def test_the_limits_are_the_settings() -> None:
    image = encoded(Image.new("RGB", (300, 200)))
    for limits, fits in [
        ({"max_pixels": 60_000}, True),
        ({"max_pixels": 59_999}, False),
        ({"max_side_px": 300}, True),
        ({"max_side_px": 299}, False),
    ]:
        settings = MediaSettings.model_validate(limits)
        if fits:
            load_image(image, settings)
        else:
            with pytest.raises(MediaError, match="too large"):
                load_image(image, settings)


def test_a_small_file_of_many_pixels_is_seen_small(settings: MediaSettings) -> None:
    image = load_image(encoded(Image.new("1", (7000, 7000), 1)), settings)
    assert (image.width_px, image.height_px) == (1120, 1120)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.95])
def test_truncated_files_are_refused(
    file_format: str, kept: float, settings: MediaSettings
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), file_format)
    with pytest.raises(MediaError) as caught:
        load_image(content[: int(len(content) * kept)], settings)
    assert caught.value.key == "image_path"


@pytest.mark.parametrize("file_format", FORMATS)
def test_damage_is_told_or_survived_but_never_crashes(
    file_format: str, settings: MediaSettings
) -> None:
    draw = random.Random(7)
    content = encoded(corners(64, 64), file_format)
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 8)):
            damaged[draw.randrange(min(len(damaged), 600))] = draw.randrange(256)
        try:
            assert load_image(bytes(damaged), settings).pixels.size
        except MediaError as error:
            assert error.key == "image_path"


def test_longest_side_shrinks_and_never_grows(settings: MediaSettings) -> None:
    content = encoded(corners(1200, 900))
    small = load_image(content, settings, longest_side_px=650)
    assert (small.width_px, small.height_px) == (640, 480)
    assert_corners(small)
    same = load_image(content, settings, longest_side_px=5000)
    assert (same.width_px, same.height_px) == (1216, 896)
    with pytest.raises(MediaError) as caught:
        load_image(content, settings, longest_side_px=0)
    assert caught.value.key == "resolution"


def test_max_tokens_only_lowers(settings: MediaSettings) -> None:
    content = encoded(corners(1200, 900))
    for asked, allowed in [(100, 100), (32, 32), (5000, 1280)]:
        image = load_image(content, settings, max_tokens=asked)
        tokens = image.width_px * image.height_px // 32**2
        assert allowed * 0.75 <= tokens <= allowed


def test_large_photographs_are_decoded_small_and_right(settings: MediaSettings) -> None:
    content = encoded(corners(4000, 3000), "JPEG", quality=90)
    image = load_image(content, settings, longest_side_px=320)
    assert (image.width_px, image.height_px) == (320, 256)
    assert_corners(image)


def test_the_callers_picture_is_left_as_it_was(settings: MediaSettings) -> None:
    given = Image.open(io.BytesIO(encoded(corners(2000, 1600), "JPEG")))
    load_image(given, settings, longest_side_px=64)
    assert given.size == (2000, 1600)


def test_threads_do_not_disturb_one_another(settings: MediaSettings) -> None:
    good, bomb = encoded(corners()), claiming("PNG", 12_000, 12_000)

    def attempt(index: int) -> bool:
        if index % 2:
            with pytest.raises(MediaError, match="too large"):
                load_image(bomb, settings)
            return True
        assert_corners(load_image(good, settings))
        return True

    limit = Image.MAX_IMAGE_PIXELS
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(attempt, range(40)))
    assert limit == Image.MAX_IMAGE_PIXELS


def test_png_comes_back_as_it_was() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    content = encode_png(RgbImage(pixels))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), pixels)
