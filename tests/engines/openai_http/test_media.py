"""Images and recordings, for the models whose configuration says that they take them."""

from __future__ import annotations

import base64
import io
import wave
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.engines.openai_http import OpenAIEngine, open_openai
from core.engines.protocol import Capabilities, Message
from core.errors import ModelLacksModality
from core.media.content import AudioClip, RgbImage
from tests.engines.openai_http.requests import answer, ask, spec_for
from tests.openai_emulator import OpenAIEmulator

TONE = AudioClip(np.sin(np.arange(1600, dtype=np.float32) / 7))


@pytest.fixture
def omni(server: OpenAIEmulator) -> OpenAIEngine:
    return open_openai(replace(spec_for(server), modalities=("image", "audio")))


def test_what_it_takes_is_as_configured(omni: OpenAIEngine, engine: OpenAIEngine) -> None:
    heeds = Capabilities(json_schema=True, grammar=True, tools=True, logprobs=True)
    assert omni.capabilities == replace(heeds, vision=True, audio=True)
    assert engine.capabilities == heeds


def test_images_arrive_as_the_same_pixels_in_order(
    omni: OpenAIEngine, server: OpenAIEmulator
) -> None:
    rng = np.random.default_rng(1)
    frames = [
        RgbImage(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8), time_s=t) for t in (0.0, 0.5)
    ]
    replies = [answer(omni, ask(*order, "¿Qué ves?")) for order in (frames, frames[::-1])]
    assert replies[0] != replies[1]
    [message] = server.requests()[0].body["messages"]
    *pictures, text = message["content"]
    assert text == {"type": "text", "text": "¿Qué ves?"}
    for frame, part in zip(frames, pictures, strict=True):
        assert part["type"] == "image_url"
        encoded = part["image_url"]["url"].removeprefix("data:image/png;base64,")
        received = Image.open(io.BytesIO(base64.b64decode(encoded)))
        assert received.format == "PNG"
        np.testing.assert_array_equal(np.asarray(received), frame.pixels)


def test_recordings_arrive_as_the_same_samples(omni: OpenAIEngine, server: OpenAIEmulator) -> None:
    answer(omni, ask("¿Qué oyes?", TONE))
    [message] = server.requests()[0].body["messages"]
    part = message["content"][1]
    assert (part["type"], part["input_audio"]["format"]) == ("input_audio", "wav")
    with wave.open(io.BytesIO(base64.b64decode(part["input_audio"]["data"]))) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 16_000)
        samples = np.frombuffer(file.readframes(1600), "<i2") / 32_767
    np.testing.assert_allclose(samples, TONE.samples, atol=1e-4)


def test_media_are_counted_as_estimated(omni: OpenAIEngine) -> None:
    image = RgbImage(np.zeros((2, 2, 3), dtype=np.uint8))
    long = AudioClip(np.zeros(16_000 * 31, dtype=np.float32))
    alone = omni.count_tokens([Message.text("user", "hola")])
    for part, tokens in ((image, 1280), (TONE, 752), (long, 1502)):
        assert omni.count_tokens([Message("user", ("hola", part))]) - alone == tokens


def test_media_that_the_model_cannot_take_are_refused(
    engine: OpenAIEngine, embedder: OpenAIEngine, server: OpenAIEmulator
) -> None:
    image = RgbImage(np.zeros((2, 2, 3), dtype=np.uint8))
    with pytest.raises(ModelLacksModality, match="images") as lacking:
        list(engine.generate(ask(image, "?")))
    assert "models.expert.openai_modalities" in lacking.value.hint
    with pytest.raises(ModelLacksModality, match="hear"):
        engine.count_tokens([Message("user", (TONE,))])
    with pytest.raises(ModelLacksModality, match="not chat"):
        list(embedder.generate(ask("hola")))
    assert server.requests() == []
