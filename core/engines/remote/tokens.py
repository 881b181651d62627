"""Token counts without a tokenizer: few servers have an endpoint for one.

Owns an estimate for planning and a floor for refusing; knows nothing of the server.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.engines.protocol import Message, Part
from core.media.content import AudioClip

BYTES_PER_TOKEN = 3
"""Measured on the vocabularies of Llama 2, Llama 3, Qwen 2, Qwen 3.5, Gemma 4, Phi 3,
Command R and DeepSeek: Spanish prose takes 3.2 to 4.5 bytes a token, English 4.3 to 4.7,
Python 3.7 to 4.8; most of them spend one token on each digit."""

MESSAGE_OVERHEAD_TOKENS = 8
"""What a chat template wraps around one message; ChatML needs 5, Llama 3 up to 6."""

AUDIO_WINDOW_S = 30.0
AUDIO_WINDOW_TOKENS = 750
"""Measured with Qwen2.5-Omni's encoder, which pads every recording to whole windows."""

AUDIO_MARKS_TOKENS = 2
"""One before a recording and one after it."""


def estimate_text_tokens(text: str) -> int:
    """Slightly too many for prose and code; can be too few for rare scripts and symbols."""
    digits = sum(character.isdecimal() for character in text)
    others = len(text.encode()) - digits
    return digits + -(-others // BYTES_PER_TOKEN)


def estimate_tokens(messages: Sequence[Message], image_tokens: int) -> int:
    """A count that is rather too high than too low; each image at `image_tokens`."""
    return sum(
        MESSAGE_OVERHEAD_TOKENS
        + sum(_estimate_part_tokens(part, image_tokens) for part in message.parts)
        + sum(estimate_text_tokens(f"{call.name} {call.arguments}") for call in message.tool_calls)
        for message in messages
    )


def estimate_media_tokens(messages: Sequence[Message], image_tokens: int) -> int:
    """The images and recordings alone."""
    return sum(
        _estimate_part_tokens(part, image_tokens)
        for message in messages
        for part in message.parts
        if not isinstance(part, str)
    )


def _estimate_part_tokens(part: Part, image_tokens: int) -> int:
    if isinstance(part, str):
        return estimate_text_tokens(part)
    if isinstance(part, AudioClip):
        windows = math.ceil(part.duration_s / AUDIO_WINDOW_S)
        return windows * AUDIO_WINDOW_TOKENS + AUDIO_MARKS_TOKENS
    return image_tokens


def fewest_text_tokens(text: str) -> int:
    """The tokens that `text` has at least: no common tokenizer joins two words into one."""
    return len(text.split())


def fewest_tokens(messages: Sequence[Message]) -> int:
    """The tokens that `messages` have at least, an image counting as one."""
    return sum(
        fewest_text_tokens(part) if isinstance(part, str) else 1
        for message in messages
        for part in message.parts
    )
