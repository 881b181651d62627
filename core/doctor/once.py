"""A question that several checks ask, answered once.

Owns the waiting of the others; knows nothing of what is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Calls `ask` for the first who wants to know; who comes meanwhile waits for its answer."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._answers: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._answers:
                self._answers.append(self._ask())
            return self._answers[0]
