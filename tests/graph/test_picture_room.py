"""How many pictures fit, when models of different contexts may have to see them."""

from __future__ import annotations

from typing import Any

from PIL import Image

from agents.qwen3_vl import Look, max_frames, see
from core.media.content import RgbImage
from core.media.resize import picture_tokens
from core.settings import Settings, load_settings
from tests.environments import NO_OLLAMA

LARGE = Image.new("RGB", (1400, 1400))


def settings(**keys: Any) -> Settings:
    named = {f"SARAI__{name.upper()}": str(value) for name, value in keys.items()}
    profile = {"SARAI__RUNTIME__PROFILE": "best_of_breed"}
    return load_settings(environ={**NO_OLLAMA, **profile, **named})


def seen_tokens(count: int, given: Settings) -> tuple[int, int]:
    """Of the largest picture, and how many warnings there were."""
    parts, warnings = see(Look(images=[LARGE] * count), given)
    pictures = [part for part in parts if isinstance(part, RgbImage)]
    return max(picture_tokens(picture) for picture in pictures), len(warnings)


def test_a_stand_in_that_sees_little_of_each_picture_takes_no_room_from_the_real_model() -> None:
    """Five pictures of 1280 tokens fit 8192; the embedded model has half of that and needs 36."""
    given = settings()
    assert given.chain("vision") == ("qwen3_vl_4b", "nano_vision")
    tokens, warnings = seen_tokens(5, given)
    assert tokens > 1200
    assert warnings == 0
    assert max_frames(given) == (8192 - 512 - 512) // 256


def test_a_stand_in_that_sees_as_much_needs_the_room() -> None:
    given = settings(models__nano_vision__image_max_tokens=1280)
    tokens, warnings = seen_tokens(5, given)
    assert tokens <= (4096 - 512 - 512) // 5
    assert warnings == 1
    assert max_frames(given) == (4096 - 512 - 512) // 256


def test_the_first_pictures_that_do_not_fit_share() -> None:
    tokens, warnings = seen_tokens(6, settings())
    assert tokens <= (8192 - 512 - 512) // 6
    assert warnings == 1


def test_no_picture_and_no_room_is_no_mistake() -> None:
    cramped = settings(models__qwen3_vl_4b__context_length=512)
    assert see(Look(), cramped) == ((), ())
    assert max_frames(cramped) == 1
