"""A streamed answer in chunks, and the ways in which a stream can break."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterable

from tests.emulated_server.faults import Drop, EndEarly, Slow, Stall
from tests.emulated_server.recording import RecordedRequest

_POLL_S = 0.01


class ChunkedStream:
    """Writes to `connection`, whose headers have been sent."""

    def __init__(
        self, connection: socket.socket, request: RecordedRequest, stopping: threading.Event
    ) -> None:
        self._connection = connection
        self._request = request
        self._stopping = stopping

    def send(self, content: bytes) -> None:
        self._connection.sendall(b"%x\r\n%s\r\n" % (len(content), content))

    def end(self) -> None:
        self._connection.sendall(b"0\r\n\r\n")
        self._request.complete.set()

    def send_tokens(self, pieces: Iterable[tuple[bytes, bool]], fault: object) -> bool:
        """Piece by piece, until `fault` strikes or the client leaves; whether all were sent.

        Args:
            pieces: each with whether it is a token.
        """
        after_tokens = getattr(fault, "after_tokens", None)
        sent_tokens = 0
        for content, is_token in pieces:
            if self._left_within(fault.token_s if isinstance(fault, Slow) else 0.0):
                return False
            if sent_tokens == after_tokens:
                self.strike(fault)
                return False
            self.send(content)
            if is_token:
                sent_tokens += 1
                self._request.streaming.set()
        return True

    def strike(self, fault: object) -> None:
        """Let `fault` happen now."""
        match fault:
            case Stall():
                self._left_within(None)
            case Drop():
                self._connection.shutdown(socket.SHUT_RDWR)
            case EndEarly():
                self.end()

    def _left_within(self, wait_s: float | None) -> bool:
        """Watch the client for `wait_s` seconds, or (None) until it leaves."""
        end_s = float("inf") if wait_s is None else time.monotonic() + wait_s
        while not self._stopping.is_set():
            if client_left(self._connection, max(0.0, min(_POLL_S, end_s - time.monotonic()))):
                self._request.disconnected.set()
                return True
            if time.monotonic() >= end_s:
                return False
        return False


def client_left(connection: socket.socket, wait_s: float = 0.0) -> bool:
    """Whether the other side closes the connection within `wait_s` seconds."""
    readable, _, _ = select.select([connection], [], [], wait_s)
    try:
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
    except ConnectionError:
        return True
