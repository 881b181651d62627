"""A streamed answer: chunked lines of JSON, and the ways in which one can break."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

from tests.ollama_emulator.answers import Chat
from tests.ollama_emulator.faults import Drop, EndEarly, Fault, Line, Slow, Stall
from tests.ollama_emulator.recording import RecordedRequest

_POLL_S = 0.01


class NdjsonStream:
    """Writes to `connection` whose headers have been sent."""

    def __init__(
        self, connection: socket.socket, request: RecordedRequest, stopping: threading.Event
    ) -> None:
        self._connection = connection
        self._request = request
        self._stopping = stopping

    def send_all(self, answers: Iterable[dict[str, Any]]) -> None:
        for answer in answers:
            self._send_line(json.dumps(answer))
        self._end()

    def send_chat(self, chat: Chat, fault: Fault | None) -> None:
        """Token by token, until `fault` strikes or the client leaves."""
        for index, line in enumerate(chat.lines()):
            if self._client_left(fault.token_s if isinstance(fault, Slow) else 0.0):
                self._request.disconnected.set()
                return
            if index == getattr(fault, "after_tokens", -1) and fault is not None:
                self._strike(fault)
                return
            self._send_line(json.dumps(line))
            self._request.streaming.set()
        self._end()

    def _strike(self, fault: Fault) -> None:
        match fault:
            case Stall():
                if self._client_left(None):
                    self._request.disconnected.set()
            case Drop():
                self._connection.shutdown(socket.SHUT_RDWR)
            case EndEarly():
                self._end()
            case Line():
                self._send_line(fault.text)
                self._end()

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

    def _send_line(self, text: str) -> None:
        line = text.encode() + b"\n"
        self._connection.sendall(b"%x\r\n%s\r\n" % (len(line), line))

    def _end(self) -> None:
        self._connection.sendall(b"0\r\n\r\n")
        self._request.complete.set()
