"""Images, and what Ollama models cannot take."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.engines.ollama import OllamaEngine, open_ollama
from core.engines.protocol import (
    Message,
)
from core.errors import (
    ModelLacksModality,
)
from core.media.content import AudioClip, RgbImage
from tests.engines.ollama.requests import answer, ask, spec_for
from tests.ollama_emulator import (
    OllamaEmulator,
)


def test_images_arrive_as_the_same_pixels(server: OllamaEmulator) -> None:
    rng = np.random.default_rng(1)
    frames = [
        RgbImage(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8), time_s=t) for t in (0.0, 0.5)
    ]
    engine = open_ollama(spec_for(server, "llava"))
    replies = [answer(engine, ask(*images, "¿Qué ves?")) for images in (frames, frames[::-1])]
    assert replies[0] != replies[1]
    [message] = server.requests("/api/chat")[0].body["messages"]
    assert message["content"].strip() == "¿Qué ves?"
    for frame, encoded in zip(frames, message["images"], strict=True):
        received = Image.open(io.BytesIO(base64.b64decode(encoded)))
        assert received.format == "PNG"
        np.testing.assert_array_equal(np.asarray(received), frame.pixels)


def test_media_that_the_model_cannot_take_is_refused(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    image = RgbImage(np.zeros((2, 2, 3), dtype=np.uint8))
    sound = AudioClip(np.zeros(16, dtype=np.float32))
    with pytest.raises(ModelLacksModality, match="images"):
        list(engine.generate(ask(image, "?")))
    with pytest.raises(ModelLacksModality, match="hear"):
        engine.count_tokens([Message("user", (sound,))])
    with pytest.raises(ModelLacksModality, match="not chat"):
        list(open_ollama(spec_for(server, "nomic")).generate(ask("hola")))
    assert server.requests("/api/chat") == []
