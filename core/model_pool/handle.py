"""A model as an engine that needs no lease: it takes one for every call.

Owns the `Engine` whose calls load the model when it is absent; knows nothing of how.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.cancellation import Cancellation
from core.engines.protocol import (
    Capabilities,
    Completion,
    Engine,
    GenerationRequest,
    Message,
    TextDelta,
)


class Leasing(Protocol):
    """What a handle asks of the pool."""

    @property
    def closed(self) -> bool: ...

    def lease(
        self, name: str, *, cancel: Cancellation | None = None
    ) -> AbstractContextManager[Engine]: ...

    def memory_mb(self, name: str) -> float | None: ...

    def unload(self, name: str) -> bool: ...


class PooledEngine:
    """An `Engine`; between two calls the model may be unloaded, and is loaded again."""

    def __init__(self, pool: Leasing, model: str) -> None:
        self._pool = pool
        self._model = model

    @property
    def model(self) -> str:
        return self._model

    @property
    def capabilities(self) -> Capabilities:
        with self._pool.lease(self._model) as engine:
            return engine.capabilities

    @property
    def context_tokens(self) -> int:
        with self._pool.lease(self._model) as engine:
            return engine.context_tokens

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        """Stream an answer; the lease lasts until the stream ends or is closed.

        Raises: what `ModelPool.lease` and the engine's own `generate` raise.
        """
        with self._pool.lease(self._model, cancel=cancel) as engine:
            yield from engine.generate(request, cancel)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        with self._pool.lease(self._model) as engine:
            return engine.count_tokens(messages)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._pool.lease(self._model) as engine:
            return engine.embed(texts)

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        with self._pool.lease(self._model) as engine:
            return engine.word_vectors(words)

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        with self._pool.lease(self._model) as engine:
            return engine.rerank(query, documents)

    def alive(self) -> bool:
        """Whether a call can succeed: the pool loads the model again when it is gone."""
        return not self._pool.closed

    def watch(self, died: Callable[[], None]) -> None:
        """Never: when its worker dies, the pool loads the model again."""

    def set_threads(self, threads: int) -> None:
        """Nothing: the pool shares the threads out."""

    def memory_mb(self) -> float | None:
        """As the engine says; None also while the model is not loaded."""
        return self._pool.memory_mb(self._model)

    def peak_memory_mb(self) -> float | None:
        """None: the pool asks the engine itself, before it closes it."""
        return None

    def device_memory_mb(self) -> float | None:
        """None, as `peak_memory_mb`."""
        return None

    def close(self) -> None:
        """Unload the model now.

        Raises: PoolBusy, while somebody uses it.
        """
        self._pool.unload(self._model)
