"""A streamed answer: server-sent events."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from tests.emulated_server import ChunkedStream
from tests.openai_emulator.answers import Chat
from tests.openai_emulator.faults import Fault, Raw

_PIECE_S = 0.002


class EventStream(ChunkedStream):
    """A stream of events that hold JSON."""

    def send_event(self, answer: dict[str, Any]) -> None:
        self.send(_event(answer))

    def send_chat(self, chat: Chat, fault: Fault | None) -> None:
        """Token by token, until `fault` strikes or the client leaves."""
        if self.send_tokens(_pieces(chat), fault):
            self.send(b"data: [DONE]\n\n")
            self.end()

    def strike(self, fault: object) -> None:
        if isinstance(fault, Raw):
            for piece in fault.pieces:
                self.send(piece)
                time.sleep(_PIECE_S)
            self.end()
        else:
            super().strike(fault)


def _pieces(chat: Chat) -> Iterator[tuple[bytes, bool]]:
    """Only what has content is a token: not the role, thoughts or figures."""
    for chunk in chat.chunks():
        content = any(choice["delta"].get("content") for choice in chunk["choices"])
        yield _event(chunk), content


def _event(answer: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(answer)}\n\n".encode()
