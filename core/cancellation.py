"""A way to ask running work to stop, shared between threads.

Owns one flag and the callbacks to run when it is raised; knows nothing of the work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.errors import Cancelled


class Cancellation:
    """Raised once, never lowered. Safe to share between threads and signal handlers."""

    def __init__(self) -> None:
        # Re-entrant: a signal handler may call cancel() on the thread that holds the lock.
        self._lock = threading.RLock()
        self._cancelled = threading.Event()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Raise the flag and run every registered callback once, on this thread."""
        with self._lock:
            if self._cancelled.is_set():
                return
            self._cancelled.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def raise_if_cancelled(self) -> None:
        """Raises: Cancelled, when the flag is up."""
        if self.cancelled:
            raise Cancelled("Stopped on request.")

    @contextmanager
    def on_cancel(self, callback: Callable[[], None]) -> Iterator[None]:
        """While inside, `callback` runs when the flag is raised (at once if it already is)."""
        with self._lock:
            raised = self._cancelled.is_set()
            if not raised:
                self._callbacks.append(callback)
        if raised:
            callback()
        try:
            yield
        finally:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)
