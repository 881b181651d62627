"""Whose turn it is: callers are served in the order in which they came.

Owns the queue of those who wait for one engine; knows nothing of what they wait to do.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from queue import SimpleQueue

from core.cancellation import Cancellation


class Turns:
    """A fair lock whose waiting can be cancelled, also from a signal handler.

    Each caller waits on a queue of its own, because `SimpleQueue.put` is the one way of
    waking a thread that is safe inside signal handlers and finalizers. For the same reason
    the lock is re-entrant, and granting the turn twice to the same caller does no harm.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._tickets: deque[SimpleQueue[None]] = deque()  # the first holds the turn

    @contextmanager
    def take(self, cancel: Cancellation | None = None) -> Iterator[None]:
        """Wait for the turn, hold it while inside, and pass it on.

        Raises: Cancelled, when `cancel` is raised before the turn has come.
        """
        ticket: SimpleQueue[None] = SimpleQueue()
        with self._lock:
            self._tickets.append(ticket)
            self._call_first()
        try:
            with cancel.on_cancel(lambda: ticket.put(None)) if cancel else nullcontext():
                ticket.get()
            if cancel:
                cancel.raise_if_cancelled()
            yield
        finally:
            with self._lock:
                self._tickets.remove(ticket)
                self._call_first()

    def waiting(self) -> int:
        """How many wait while another holds the turn."""
        return max(0, len(self._tickets) - 1)

    def _call_first(self) -> None:
        if self._tickets:
            self._tickets[0].put(None)
