"""What Ollama answers besides chat: which models it has, holds and can embed with.

Owns the addresses and shapes of these calls; knows nothing of engines or their errors.
Every method raises what `failures.FAILURES` lists. Source: docs/api.md of ollama/ollama.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import httpx
from ollama import ResponseError

from core.engines.ollama.transport import OllamaTransport

LOOKUP_TIMEOUT_S = 5.0
"""For calls that run no model: Ollama answers them in milliseconds, even while it generates."""

_DEFAULT_PREFIXES = ("registry.ollama.ai/", "library/")


class OllamaServer:
    """The server at `base_url`, an address with or without `http://`.

    `read_timeout_s` is how long it may stay silent while a model loads or answers.

    There is nothing to close: the transport keeps no connection between two calls.
    """

    def __init__(
        self, base_url: str, *, connect_timeout_s: float = 0.5, read_timeout_s: float = 300.0
    ) -> None:
        self.base_url = base_url if "://" in base_url else f"http://{base_url}"
        self.generation_timeout = httpx.Timeout(read_timeout_s, connect=connect_timeout_s)
        self._lookup_timeout = httpx.Timeout(
            min(read_timeout_s, LOOKUP_TIMEOUT_S), connect=connect_timeout_s
        )
        self.transport = OllamaTransport()
        self._http = httpx.Client(
            base_url=self.base_url, transport=self.transport, timeout=self._lookup_timeout
        )

    def version(self) -> tuple[int, int, int]:
        """(0, 0, 0) for a build without a number, as developers make them."""
        text = str(self._get("/api/version").get("version"))
        numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
        if numbers is None:
            return (0, 0, 0)
        return (int(numbers[1]), int(numbers[2]), int(numbers[3]))

    def has(self, name: str) -> bool:
        """Whether `name` is installed."""
        return _named(name, self.listed()) is not None

    def installed(self) -> tuple[str, ...]:
        """The server's names of all models that it has."""
        return tuple(str(model["model"]) for model in self.listed())

    def listed(self) -> list[dict[str, Any]]:
        """All models that it has, each with its family and sizes."""
        models: list[dict[str, Any]] = self._get("/api/tags")["models"]
        return models

    def show(self, name: str) -> dict[str, Any]:
        """Capabilities, parameters and header fields of a model."""
        return self._post("/api/show", {"model": name})

    def loaded_bytes(self, name: str) -> int | None:
        """Memory of a loaded model, graphics memory included; None when it is not loaded."""
        model = _named(name, self._loaded())
        return None if model is None else int(model["size"])

    def loaded_models(self) -> dict[str, int]:
        """Bytes of each loaded model, graphics memory included, by the server's name for it."""
        return {str(model["model"]): int(model["size"]) for model in self._loaded()}

    def embed(self, name: str, texts: Sequence[str], context_tokens: int) -> list[list[float]]:
        """One vector for each text; a text that does not fit is an error, never cut."""
        body = {
            "model": name,
            "input": list(texts),
            "truncate": False,
            "options": {"num_ctx": context_tokens},
        }
        vectors: list[list[float]] = self._post("/api/embed", body, self.generation_timeout)[
            "embeddings"
        ]
        return vectors

    def unload(self, name: str) -> None:
        self._post("/api/generate", {"model": name, "prompt": "", "keep_alive": 0, "stream": False})

    def _loaded(self) -> list[dict[str, Any]]:
        models: list[dict[str, Any]] = self._get("/api/ps")["models"]
        return models

    def _get(self, path: str) -> dict[str, Any]:
        return _json(self._http.get(path))

    def _post(
        self, path: str, body: dict[str, Any], timeout: httpx.Timeout | None = None
    ) -> dict[str, Any]:
        timeout = timeout or self._lookup_timeout
        return _json(self._http.post(path, json=body, timeout=timeout))


def full_name(name: str) -> str:
    """A model's name as Ollama compares names: "Solar" and "library/solar:latest" are one.

    Source: types/model/name.go of ollama/ollama (default host, namespace and tag).
    """
    full = name.casefold()
    for prefix in _DEFAULT_PREFIXES:
        full = full.removeprefix(prefix)
    return full if ":" in full.rsplit("/", 1)[-1] else f"{full}:latest"


def _named(name: str, models: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    wanted = full_name(name)
    return next((model for model in models if full_name(model["model"]) == wanted), None)


def _json(response: httpx.Response) -> dict[str, Any]:
    if not response.is_success:
        raise ResponseError(response.text, response.status_code)
    body = response.json()
    if not isinstance(body, dict):
        raise TypeError(f"{response.url} answered {type(body).__name__}, not an object")
    return body
