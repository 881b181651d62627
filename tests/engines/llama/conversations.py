"""Conversations with a model in this process, where its logits can be looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.serving.chat_model import ChatModel
from core.engines.protocol import Completion, GenerationRequest, Message, Part, TextDelta, Usage
from core.media.content import AUDIO_RATE_HZ, AudioClip, RgbImage

SLACK_TOKENS = 32
ANSWER_TOKENS = 12


class Conversation:
    """One agent's: its own opening, and turns that repeat all that was said."""

    def __init__(self, model: ChatModel, name: str, length: int = 60) -> None:
        self._model = model
        self.messages = [Message.text("system", f"Eres {name}. " * length)]

    def turn(self, *parts: Part) -> Usage:
        self.messages.append(Message("user", parts))
        text, usage = answer(self._model, self.messages)
        self.messages.append(Message.text("assistant", text))
        return usage


def answer(
    model: ChatModel, messages: list[Message], max_tokens: int = ANSWER_TOKENS
) -> tuple[str, Usage]:
    request = GenerationRequest(tuple(messages), max_tokens, temperature=0)
    *deltas, completion = model.generate(request)
    assert isinstance(completion, Completion)
    return "".join(d.text for d in deltas if isinstance(d, TextDelta)), completion.usage


def evaluated(usage: Usage) -> int:
    return usage.prompt_tokens - usage.reused_tokens


def first_logits(model: ChatModel, messages: list[Message]) -> NDArray[np.float32]:
    """What the model makes of the prompt alone."""
    answer(model, messages, max_tokens=1)
    cached = max(model._cache._sequences, key=lambda each: each.used_at)  # no public way
    assert cached.scores is not None
    return cached.scores


def assert_same_logits(found: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """Prompts cut into other batches round elsewhere, by up to 0.13 in scores of 10 (ADR 12);
    another picture changes them by more than 1."""
    np.testing.assert_allclose(found, expected, atol=0.25)


def image(seed: int, *, width_px: int = 320, time_s: float | None = None) -> RgbImage:
    pixels = np.random.default_rng(seed).integers(0, 255, (240, width_px, 3), dtype=np.uint8)
    return RgbImage(pixels, time_s)


def tone(frequency_hz: float) -> AudioClip:
    times_s = np.arange(2 * AUDIO_RATE_HZ) / AUDIO_RATE_HZ
    return AudioClip((0.4 * np.sin(2 * np.pi * frequency_hz * times_s)).astype(np.float32))


def new_tokens(model: ChatModel, conversation: Conversation, *parts: Part) -> int:
    """By how much the next turn is longer than all that was said."""
    said = model.count_tokens(conversation.messages)
    return model.count_tokens([*conversation.messages, Message("user", parts)]) - said
