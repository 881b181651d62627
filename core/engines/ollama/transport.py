"""HTTP to Ollama by way of its client libraries, under the control of an exchange.

Owns what every chat request must say and what stays out of it; knows nothing of models or
answers.
"""

from __future__ import annotations

import contextvars
import json
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import httpx
from langsmith import tracing_context

from core.engines.remote.exchange import Exchange
from core.engines.remote.transport import OneRequestTransport

P = ParamSpec("P")
T = TypeVar("T")

CHAT_PATH = "/api/chat"
NEVER_CUT = {"truncate": False, "shift": False}
"""Ollama then refuses a prompt that is too long instead of dropping part of it, and ends an
answer at the edge of the context instead of forgetting the oldest half. langchain-ollama has
no setting for either. Source: `ChatRequest` in ollama's api/types.go, from 0.12.6."""


class OllamaExchange(Exchange):
    """One request and its answer, in a context of their own.

    The empty context keeps the caller's LangChain callbacks out, so no graph streams the
    same tokens twice, and tracing to outside services is off whatever the environment says.
    """

    def __init__(self) -> None:
        super().__init__()
        self._context = contextvars.Context()
        self._context.run(_current.set, self)

    def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call, with every connection it opens under the control of `abort`."""

        def untraced() -> T:
            with tracing_context(enabled=False):
                return call(*args, **kwargs)

        return self._context.run(untraced)


class OllamaTransport(OneRequestTransport):
    """What the client libraries ask, watched by the exchange that they ask it in."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(CHAT_PATH):
            request = _never_cut(request)
        exchange = _current.get()
        if exchange is not None:
            request.extensions = {**request.extensions, "trace": exchange.watch}
        return super().handle_request(request)


_current: contextvars.ContextVar[Exchange | None] = contextvars.ContextVar("exchange", default=None)


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
