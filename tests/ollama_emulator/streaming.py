"""A streamed answer: lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.emulated_server import ChunkedStream
from tests.ollama_emulator.answers import Chat
from tests.ollama_emulator.faults import Fault, Line


class NdjsonStream(ChunkedStream):
    """A stream of JSON objects, a line each."""

    def send_all(self, answers: Iterable[dict[str, Any]]) -> None:
        for answer in answers:
            self.send(_line(answer))
        self.end()

    def send_chat(self, chat: Chat, fault: Fault | None) -> None:
        """Token by token, until `fault` strikes or the client leaves."""
        if self.send_tokens(((_line(answer), True) for answer in chat.lines()), fault):
            self.end()

    def strike(self, fault: object) -> None:
        if isinstance(fault, Line):
            self.send(fault.text.encode() + b"\n")
            self.end()
        else:
            super().strike(fault)


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"
