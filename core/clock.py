"""Time as a dependency, so that no test has to sleep.

Owns the `Clock` protocol and the real clock; knows nothing of what is scheduled.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A scheduled call that can still be called off."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Monotonic time and delayed calls."""

    def now_s(self) -> float:
        """Monotonic seconds; only differences mean anything."""
        ...

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Run `callback` on another thread (or the test's) after `delay_s` seconds."""
        ...


class SystemClock:
    """The machine's own clock; timers are daemon threads, so they never delay an exit."""

    def now_s(self) -> float:
        return time.monotonic()

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        timer = threading.Timer(delay_s, callback)
        timer.daemon = True
        timer.start()
        return timer
