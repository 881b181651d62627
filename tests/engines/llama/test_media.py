"""Images and recordings reach the model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, Message, Part
from core.errors import ContextOverflow, InvalidInput, ModelLacksModality
from core.media.content import AUDIO_RATE_HZ, AudioClip, RgbImage
from tests.engines.contract import answer
from tests.engines.llama.conftest import Models, Open, lent_llama, spec_for


@pytest.fixture(scope="module")
def seeing(models: Models) -> Iterator[LlamaEngine]:
    with lent_llama(spec_for(*models.vision)) as engine:
        yield engine


@pytest.fixture(scope="module")
def hearing(models: Models) -> Iterator[LlamaEngine]:
    with lent_llama(spec_for(*models.omni)) as engine:
        yield engine


def ask(*parts: Part, max_tokens: int = 40) -> GenerationRequest:
    return GenerationRequest((Message("user", parts),), max_tokens, temperature=0)


def image(seed: int, *, width_px: int = 320, time_s: float | None = None) -> RgbImage:
    pixels = np.random.default_rng(seed).integers(0, 255, (240, width_px, 3), dtype=np.uint8)
    return RgbImage(pixels, time_s)


def tone(frequency_hz: float) -> AudioClip:
    times_s = np.arange(2 * AUDIO_RATE_HZ) / AUDIO_RATE_HZ
    return AudioClip((0.4 * np.sin(2 * np.pi * frequency_hz * times_s)).astype(np.float32))


def senses(engine: LlamaEngine) -> tuple[bool, bool]:
    return engine.capabilities.vision, engine.capabilities.audio


def test_capabilities_come_from_the_projector(
    models: Models, seeing: LlamaEngine, hearing: LlamaEngine, lend_llama: Open
) -> None:
    assert senses(seeing) == (True, False)
    assert senses(hearing) == (True, True)
    listener = lend_llama(spec_for(models.omni[0], models.audio_tower))
    assert senses(listener) == (False, True)
    with pytest.raises(ModelLacksModality, match="images"):
        answer(listener, ask(image(1)))


def test_the_answer_depends_on_the_image(seeing: LlamaEngine) -> None:
    answers = [answer(seeing, ask("mira", image(seed)))[0] for seed in (1, 2, 1)]
    assert answers[0] == answers[2]
    assert answers[0] != answers[1]


def test_the_answer_depends_on_the_recording(hearing: LlamaEngine) -> None:
    answers = [answer(hearing, ask("oye", tone(hertz)))[0] for hertz in (440, 3000, 440)]
    assert answers[0] == answers[2]
    assert answers[0] != answers[1]


def test_the_order_of_media_is_kept(hearing: LlamaEngine) -> None:
    first, second = image(1), image(2)
    assert answer(hearing, ask(first, second))[0] != answer(hearing, ask(second, first))[0]


def test_media_count_as_they_cost(seeing: LlamaEngine) -> None:
    text_only = seeing.count_tokens([Message.text("user", "mira")])
    request = ask("mira", image(1))
    with_image = seeing.count_tokens(request.messages)
    _, completion = answer(seeing, request)
    assert completion.usage.prompt_tokens == with_image
    # 320 x 240 px are 10 x 7.5 patches of 32 px, plus the marks around them.
    assert 70 <= with_image - text_only <= 84


def test_neighbouring_frames_of_a_video_share_their_tokens(seeing: LlamaEngine) -> None:
    two_images = [Message("user", (image(1), image(2)))]
    two_frames = [Message("user", (image(1, time_s=0), image(2, time_s=1)))]
    assert seeing.count_tokens(two_frames) < 0.6 * seeing.count_tokens(two_images)


def test_images_are_held_to_their_limit(models: Models, lend_llama: Open) -> None:
    engine = lend_llama(spec_for(*models.vision, image_max_tokens=64))
    large = [Message("user", (image(1, width_px=4000),))]
    assert engine.count_tokens(large) < 64 + engine.count_tokens([Message.text("user", "")]) + 8


def test_text_after_an_image_is_not_mistaken_for_the_same_prompt(
    models: Models, seeing: LlamaEngine, open_llama: Open
) -> None:
    answer(seeing, ask("mira", image(1)))
    text, completion = answer(seeing, ask("mira"))
    fresh = open_llama(spec_for(*models.vision))
    assert text == answer(fresh, ask("mira"))[0]
    # The same opening, up to the image.
    assert completion.usage.reused_tokens < seeing.count_tokens([Message.text("user", "mira")])


def test_an_image_prompt_counts_whole_images_against_the_context(
    models: Models, lend_llama: Open
) -> None:
    # Under M-RoPE the image takes 10 positions, but 80 places in the cache.
    engine = lend_llama(spec_for(*models.vision, context_tokens=256))
    _, completion = answer(engine, ask("mira", image(1), max_tokens=999))
    assert completion.usage.prompt_tokens + completion.usage.completion_tokens == 256
    assert completion.finish_reason == "length"
    with pytest.raises(ContextOverflow):
        answer(engine, ask(image(1), image(2), image(3)))


def test_users_cannot_write_the_marker_of_media(seeing: LlamaEngine) -> None:
    assert answer(seeing, ask("<__media__>", image(1), "<__media__>"))[0]


@pytest.mark.parametrize(("part", "word"), [(image(1), "images"), (tone(440), "recordings")])
def test_a_text_model_refuses_media(
    models: Models, lend_llama: Open, part: Part, word: str
) -> None:
    engine = lend_llama(spec_for(models.scripted))
    with pytest.raises(ModelLacksModality, match=word):
        answer(engine, ask("mira", part))
    with pytest.raises(ModelLacksModality, match=word):
        engine.count_tokens(ask(part).messages)
    assert answer(engine, ask("hola"))[0]


@pytest.mark.parametrize(
    "part",
    [
        RgbImage(np.zeros((64, 64, 4), np.uint8)),
        RgbImage(np.zeros((64, 64), np.uint8)),
        RgbImage(np.zeros((0, 64, 3), np.uint8)),
        RgbImage(np.zeros((64, 64, 3), np.float32)),
        AudioClip(np.zeros((100, 2), np.float32)),
        AudioClip(np.zeros(0, np.float32)),
    ],
)
def test_media_of_another_shape_are_refused(hearing: LlamaEngine, part: Part) -> None:
    with pytest.raises(InvalidInput, match=r"no picture|no recording"):
        answer(hearing, ask("mira", part))
    assert answer(hearing, ask("hola", max_tokens=2))[0]


@pytest.mark.parametrize("size_px", [(1, 1), (1, 3000), (3000, 1), (2000, 2000)])
def test_pictures_of_odd_sizes_are_looked_at(seeing: LlamaEngine, size_px: tuple[int, int]) -> None:
    picture = RgbImage(np.zeros((*size_px, 3), np.uint8))
    assert answer(seeing, ask("mira", picture, max_tokens=2))[1].usage.completion_tokens == 2
