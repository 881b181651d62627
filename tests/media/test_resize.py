from __future__ import annotations

import importlib.util
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MediaError
from core.media.resize import smart_resize, within_side

SIDES = st.integers(min_value=1, max_value=16_384)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((480, 640), (480, 640)),  # 300 tokens: as it is
        ((479, 641), (480, 640)),  # rounded to the nearest token
        ((500, 700), (512, 704)),
        ((1080, 1920), (832, 1504)),  # 2040 tokens: sqrt(2073600 / 1310720) = 1.25779
        ((9000, 9000), (1120, 1120)),  # floor(sqrt(1280)) = 35 tokens a side
        ((100, 100), (256, 256)),  # 9 tokens: grown to 8 x 8
        ((100, 50), (384, 192)),  # grown by sqrt(65536 / 5000) = 3.62039: ceil to 12 x 6
        ((1, 1), (256, 256)),
        ((16, 1600), (32, 2560)),  # grown by 1.6: 1 x 80
        ((8, 1600), (32, 3648)),  # 200 to 1, grown by 2.262742: 1 x 114
    ],
)
def test_sizes_worked_out_by_hand(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert smart_resize(*size, min_tokens=64, max_tokens=1280) == expected


def sizes_allowed(height_px: int, width_px: int) -> bool:
    return max(height_px, width_px) / min(height_px, width_px) <= 200


@settings(max_examples=500, deadline=None)
@given(SIDES, SIDES, st.sampled_from([4, 64, 200]), st.sampled_from([16, 256, 1280, 4096]))
def test_any_size_keeps_the_rules(
    height_px: int, width_px: int, min_tokens: int, max_tokens: int
) -> None:
    if sizes_allowed(height_px, width_px) and min_tokens <= max_tokens:
        check_rules(height_px, width_px, min_tokens, max_tokens)


def test_twenty_thousand_random_sizes_keep_the_rules() -> None:
    draw = random.Random(20)
    for _ in range(20_000):
        height_px = round(2 ** draw.uniform(0, 14))
        width_px = round(height_px * 2 ** draw.uniform(-7.6, 7.6)) or 1
        if sizes_allowed(height_px, width_px):
            check_rules(height_px, width_px, 64, 1280)


def check_rules(height_px: int, width_px: int, min_tokens: int, max_tokens: int) -> None:
    height, width = smart_resize(height_px, width_px, min_tokens=min_tokens, max_tokens=max_tokens)
    rows, row_rest = divmod(height, 32)
    columns, column_rest = divmod(width, 32)
    assert row_rest == column_rest == 0
    assert rows >= 1
    assert columns >= 1
    assert rows * columns <= max_tokens
    if min_tokens * 4 <= max_tokens:
        assert rows * columns >= min_tokens
    turned = smart_resize(width_px, height_px, min_tokens=min_tokens, max_tokens=max_tokens)
    assert turned == (width, height)
    if rows > 1 and columns > 1:
        # One scale, then each side to a whole token next to it: less than one off each way.
        low = (rows - 1) / (columns + 1)
        high = (rows + 1) / (columns - 1)
        assert low <= height_px / width_px <= high


@pytest.mark.parametrize("max_tokens", [16, 64, 256])
def test_the_maximum_holds_for_the_longest_strip(max_tokens: int) -> None:
    height, width = smart_resize(64, 12_800, min_tokens=16, max_tokens=max_tokens)
    assert height == 32
    assert width // 32 <= max_tokens


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (1, 201), (201, 1)])
def test_impossible_sizes_name_the_key(size: tuple[int, int]) -> None:
    with pytest.raises(MediaError) as caught:
        smart_resize(*size, min_tokens=64, max_tokens=1280, key="images")
    assert caught.value.key == "images"
    assert caught.value.hint


def test_within_side_never_ends_above_it() -> None:
    height, width = within_side(3000, 4000, 500)
    assert (height, width) == (360, 480)
    assert within_side(300, 400, 500) == (300, 400)


@pytest.mark.skipif(
    importlib.util.find_spec("qwen_vl_utils") is None, reason="extra qwen-vl is not installed"
)
def test_sizes_equal_those_of_qwen_vl_utils() -> None:
    from qwen_vl_utils.vision_process import (  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
        smart_resize as reference,
    )

    draw = random.Random(14)
    for _ in range(20_000):
        size = draw.randint(1, 4000), draw.randint(1, 4000)
        if not sizes_allowed(*size):
            continue
        expected = reference(*size, factor=32, min_pixels=64 * 32**2, max_pixels=1280 * 32**2)
        assert smart_resize(*size, min_tokens=64, max_tokens=1280) == expected
