"""A clock that stands still until a test moves it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class VirtualTimer:
    """A call that is due at `due_s`."""

    due_s: float
    callback: Callable[[], None] = field(repr=False)
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class VirtualClock:
    """Satisfies `core.clock.Clock`. Starts at 1000 s, so that nobody takes 0 for a time."""

    def __init__(self, start_s: float = 1000.0) -> None:
        self._now_s = start_s
        self._timers: list[VirtualTimer] = []
        self._lock = threading.Lock()

    def now_s(self) -> float:
        with self._lock:
            return self._now_s

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> VirtualTimer:
        with self._lock:
            timer = VirtualTimer(self._now_s + delay_s, callback)
            self._timers.append(timer)
            return timer

    def pending(self) -> int:
        """Timers that would still fire."""
        with self._lock:
            return sum(not timer.cancelled for timer in self._timers)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass: due timers fire in order, on this thread, without any lock."""
        with self._lock:
            end_s = self._now_s + seconds
        while (timer := self._next_due(end_s)) is not None:
            if not timer.cancelled:
                timer.callback()
        with self._lock:
            self._now_s = end_s

    def _next_due(self, end_s: float) -> VirtualTimer | None:
        with self._lock:
            due = [timer for timer in self._timers if timer.due_s <= end_s]
            if not due:
                return None
            timer = min(due, key=lambda timer: timer.due_s)
            self._timers.remove(timer)
            self._now_s = max(self._now_s, timer.due_s)
            return timer
