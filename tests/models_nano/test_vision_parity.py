"""The shipped vision model gives in llama.cpp what it gave in torch.

`models/nano/vision/export.py` writes the reference from the unrounded weights, so the
tolerance is what Q8_0 costs: weights of 8 bits, and activations that llama.cpp rounds to
8 bits before each product. Logits of a wrong graph, or of another picture, are far outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.engines.llama.serving.chat_model import ChatModel
from core.engines.protocol import Message
from core.engines.spec import EngineSpec
from core.media.content import RgbImage
from tests.engines.llama.conftest import llama_cpp_in_this_process
from tests.engines.llama.conversations import first_logits

WEIGHTS = Path(__file__).parents[2] / "models" / "nano" / "weights"
REFERENCE = Path(__file__).with_name("vision_reference.npz")
TOLERANCE = 1.0
"""Worst logit of all inputs; the logits reach from about -60 to 80."""

FAR = 2.0
MOST_TOKENS = 36

__all__ = ["llama_cpp_in_this_process"]


@pytest.fixture(scope="module")
def model(llama_cpp_in_this_process: None) -> Iterator[ChatModel]:
    spec = EngineSpec(
        model="nano_vision",
        engine="llama",
        context_tokens=1024,
        threads=1,
        gguf_path=WEIGHTS / "vision.gguf",
        mmproj_path=WEIGHTS / "vision-mmproj.gguf",
        image_max_tokens=MOST_TOKENS,
        parallel=1,
    )
    opened = ChatModel(spec, None)
    yield opened
    opened.close()


def _inputs() -> list[tuple[NDArray[np.uint8], str, NDArray[np.float32]]]:
    stored = np.load(REFERENCE)
    return [
        (stored[f"pixels_{number}"], str(question), logits)
        for number, (question, logits) in enumerate(
            zip(stored["questions"], stored["logits"], strict=True)
        )
    ]


def _logits(model: ChatModel, pixels: NDArray[np.uint8], question: str) -> NDArray[np.float32]:
    return first_logits(model, [Message("user", (RgbImage(pixels), question))])


def test_logits_are_those_of_torch_at_every_size(model: ChatModel) -> None:
    for pixels, question, expected in _inputs():
        found = _logits(model, pixels, question)
        np.testing.assert_allclose(found, expected, atol=TOLERANCE, err_msg=question)
        assert found.argmax() == expected.argmax()


def test_another_picture_gives_other_logits(model: ChatModel) -> None:
    """So that the tolerance above means something."""
    pixels, question, expected = _inputs()[0]
    found = _logits(model, np.ascontiguousarray(255 - pixels), question)
    assert float(np.abs(found - expected).max()) > FAR
