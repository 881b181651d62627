"""Requests to a server that another thread can end at any moment.

Owns the sockets of the requests in flight; knows nothing of what is asked or answered.

httpx offers no way to wake a thread that waits for bytes, and closing its client does not.
Shutting the socket down does, on every system, and tells the server that nobody listens.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Generic, TypeVar

from core.cancellation import Cancellation


class Exchange:
    """One request and its answer."""

    def __init__(self) -> None:
        # Re-entrant: a signal handler may abort on the thread that holds the lock.
        self._lock = threading.RLock()
        self._sockets: list[socket.socket] = []
        self._aborted = threading.Event()

    def abort(self) -> None:
        """End the exchange: whoever waits for bytes gets an httpx.TransportError at once."""
        with self._lock:
            self._aborted.set()
            for connection in self._sockets:
                _shut_down(connection)

    def wait(self, seconds: float) -> bool:
        """Wait before another try; whether the exchange was aborted meanwhile."""
        return self._aborted.wait(seconds)

    def watch(self, event: str, details: Mapping[str, Any]) -> None:
        """httpcore's trace hook: takes note of each new socket, encrypted or not."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._opened(details["return_value"].get_extra_info("socket"))

    def _opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._sockets.append(connection)
            if self._aborted.is_set():
                _shut_down(connection)


E = TypeVar("E", bound=Exchange)


class Exchanges(Generic[E]):
    """Every exchange in flight, so that closing an engine ends them all."""

    def __init__(self, new: Callable[[], E]) -> None:
        self._new = new
        self._lock = threading.Lock()
        self._in_flight: set[E] = set()
        self.closed = False

    @contextmanager
    def start(self, cancel: Cancellation) -> Iterator[E | None]:
        """An exchange that `cancel`, `close` and leaving the block end; None once closed."""
        exchange = self._new()
        with self._lock:
            self._in_flight.add(exchange)
            closed = self.closed
        try:
            with cancel.on_cancel(exchange.abort):
                yield None if closed else exchange
        finally:
            # Explicitly: else the connection lives as long as a traceback that holds its frames.
            exchange.abort()
            with self._lock:
                self._in_flight.discard(exchange)

    def close(self) -> bool:
        """Abort everything; False when that was already done."""
        with self._lock:
            was_closed, self.closed = self.closed, True
            in_flight = tuple(self._in_flight)
        for exchange in in_flight:
            exchange.abort()
        return not was_closed


def _shut_down(connection: socket.socket) -> None:
    # Already closed by the other end, or by httpx after the last byte: nothing left to end.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
