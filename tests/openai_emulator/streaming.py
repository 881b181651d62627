"""A streamed answer: server-sent events, and the ways in which a stream can break."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from typing import Any

from tests.openai_emulator.answers import Chat
from tests.openai_emulator.faults import Drop, EndEarly, Fault, Raw, Slow, Stall
from tests.openai_emulator.recording import RecordedRequest

_POLL_S = 0.01
_PIECE_S = 0.002


class EventStream:
    """Writes to `connection` whose headers have been sent."""

    def __init__(
        self, connection: socket.socket, request: RecordedRequest, stopping: threading.Event
    ) -> None:
        self._connection = connection
        self._request = request
        self._stopping = stopping

    def send_event(self, answer: dict[str, Any]) -> None:
        self._send(f"data: {json.dumps(answer)}\n\n".encode())

    def send_chat(self, chat: Chat, fault: Fault | None) -> None:
        """Token by token, until `fault` strikes or the client leaves."""
        after_tokens = getattr(fault, "after_tokens", None)
        sent_tokens = 0
        for chunk in chat.chunks():
            if self._client_left(fault.token_s if isinstance(fault, Slow) else 0.0):
                self._request.disconnected.set()
                return
            if fault is not None and sent_tokens == after_tokens:
                self._strike(fault)
                return
            self.send_event(chunk)
            if any(choice["delta"].get("content") for choice in chunk["choices"]):
                sent_tokens += 1
                self._request.streaming.set()
        self._send(b"data: [DONE]\n\n")
        self.end()

    def end(self) -> None:
        self._connection.sendall(b"0\r\n\r\n")
        self._request.complete.set()

    def _strike(self, fault: Fault) -> None:
        match fault:
            case Stall():
                if self._client_left(None):
                    self._request.disconnected.set()
            case Drop():
                self._connection.shutdown(socket.SHUT_RDWR)
            case EndEarly():
                self.end()
            case Raw():
                for piece in fault.pieces:
                    self._send(piece)
                    time.sleep(_PIECE_S)
                self.end()

    def _client_left(self, wait_s: float | None) -> bool:
        """Watch the client for `wait_s` seconds, or (None) until it leaves."""
        end_s = float("inf") if wait_s is None else time.monotonic() + wait_s
        while not self._stopping.is_set():
            remaining_s = max(0.0, min(_POLL_S, end_s - time.monotonic()))
            readable, _, _ = select.select([self._connection], [], [], remaining_s)
            if readable and not self._connection.recv(1, socket.MSG_PEEK):
                return True
            if time.monotonic() >= end_s:
                return False
        return False

    def _send(self, content: bytes) -> None:
        self._connection.sendall(b"%x\r\n%s\r\n" % (len(content), content))
