"""Messages as the chat API takes them.

Owns the way from SARAi's messages to JSON; knows nothing of answers or connections.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.engines.openai_http.structure import calls_to_json
from core.engines.protocol import Message, Part
from core.media.audio import encode_wav
from core.media.content import RgbImage
from core.media.encoding import encode_png


def to_json(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Text alone as one string, its parts joined by line breaks, which every server takes;
    with media, a list of parts in their order."""
    return [_message(message) for message in messages]


def text_only(messages: Sequence[Message]) -> list[Message]:
    """The messages without their images and recordings."""
    return [
        replace(message, parts=tuple(part for part in message.parts if isinstance(part, str)))
        for message in messages
    ]


def _message(message: Message) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": _content(message.parts)}
    if message.tool_calls:
        written["tool_calls"] = calls_to_json(message.tool_calls)
    if message.role == "tool":
        written["tool_call_id"] = message.tool_call_id
    return written


def _content(parts: Sequence[Part]) -> str | list[dict[str, Any]]:
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "\n".join(texts)
    return [_part(part) for part in parts]


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if isinstance(part, RgbImage):
        url = f"data:image/png;base64,{_base64(encode_png(part))}"
        return {"type": "image_url", "image_url": {"url": url}}
    recording = {"data": _base64(encode_wav(part)), "format": "wav"}
    return {"type": "input_audio", "input_audio": recording}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
