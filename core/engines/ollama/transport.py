"""HTTP to Ollama that another thread can end at any moment.

Owns the connections and what every chat request must say; knows nothing of models or answers.

httpx offers no way to wake a thread that waits for bytes, and closing its client does not.
Shutting the socket down does, on every system, and tells the server that nobody listens.
"""

from __future__ import annotations

import contextvars
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ParamSpec, TypeVar

import httpx
from langsmith import tracing_context

from core.cancellation import Cancellation

P = ParamSpec("P")
T = TypeVar("T")

CHAT_PATH = "/api/chat"
NEVER_CUT = {"truncate": False, "shift": False}
"""Ollama then refuses a prompt that is too long instead of dropping part of it, and ends an
answer at the edge of the context instead of forgetting the oldest half. langchain-ollama has
no setting for either. Source: `ChatRequest` in ollama's api/types.go, from 0.12.6."""


class Exchange:
    """One request and its answer, in a context of their own.

    The empty context keeps the caller's LangChain callbacks out, so no graph streams the
    same tokens twice, and tracing to outside services is off whatever the environment says.
    """

    def __init__(self) -> None:
        # Re-entrant: a signal handler may abort on the thread that holds the lock.
        self._lock = threading.RLock()
        self._sockets: list[socket.socket] = []
        self._aborted = False
        self._context = contextvars.Context()
        self._context.run(_current.set, self)

    def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call, with every connection it opens under the control of `abort`."""

        def untraced() -> T:
            with tracing_context(enabled=False):
                return call(*args, **kwargs)

        return self._context.run(untraced)

    def abort(self) -> None:
        """End the exchange: whoever waits in `run` gets an httpx.TransportError at once."""
        with self._lock:
            self._aborted = True
            for connection in self._sockets:
                _shut_down(connection)

    def watch(self, event: str, details: Mapping[str, Any]) -> None:
        """httpcore's trace hook: takes note of each new socket, encrypted or not."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._opened(details["return_value"].get_extra_info("socket"))

    def _opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._sockets.append(connection)
            if self._aborted:
                _shut_down(connection)


class Exchanges:
    """Every exchange in flight, so that closing an engine ends them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_flight: set[Exchange] = set()
        self.closed = False

    @contextmanager
    def start(self, cancel: Cancellation) -> Iterator[Exchange | None]:
        """An exchange that `cancel`, `close` and leaving the block end; None once closed."""
        exchange = Exchange()
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


class OllamaTransport(httpx.HTTPTransport):
    """One connection for each request, so that aborting one ends no other."""

    def __init__(self) -> None:
        super().__init__(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(CHAT_PATH):
            request = _never_cut(request)
        exchange = _current.get()
        if exchange is not None:
            request.extensions = {**request.extensions, "trace": exchange.watch}
        return super().handle_request(request)


_current: contextvars.ContextVar[Exchange | None] = contextvars.ContextVar("exchange", default=None)


def _shut_down(connection: socket.socket) -> None:
    # Already closed by the other end, or by httpx after the last byte: nothing left to end.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _never_cut(request: httpx.Request) -> httpx.Request:
    headers = request.headers.copy()
    del headers["content-length"]
    return httpx.Request(
        request.method,
        request.url,
        headers=headers,
        json={**json.loads(request.read()), **NEVER_CUT},
        extensions=request.extensions,
    )
