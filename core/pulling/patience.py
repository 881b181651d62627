"""How often a source that gave way is asked again, and after which pauses.

Owns the pauses; knows nothing of what is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from core.cancellation import Cancellation
from core.errors import DownloadFailed
from core.pulling.sources import Interrupted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """`tries` in a row that bring nothing end it; pauses double from `first_s` to `longest_s`.

    A server that names a pause gets it, up to `longest_named_s`.
    """

    tries: int = 6
    first_s: float = 1.0
    longest_s: float = 30.0
    longest_named_s: float = 300.0

    def pause_s(self, failures: int, named_s: float | None) -> float:
        """The pause after so many failures in a row."""
        if named_s is not None:
            return min(named_s, self.longest_named_s)
        return min(self.first_s * 2.0 ** (failures - 1), self.longest_s)


class Tries:
    """The failures in a row of one thing that is tried."""

    def __init__(self, patience: Patience, cancel: Cancellation) -> None:
        self._patience = patience
        self._cancel = cancel
        self._failures = 0

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, why: Interrupted, *, giving_up: DownloadFailed) -> None:
        """Pause before the next try. Raises: `giving_up`; Cancelled, on request."""
        self._failures += 1
        if self._failures >= self._patience.tries:
            raise giving_up from why
        wait(self._patience.pause_s(self._failures, why.retry_after_s), self._cancel)


def patiently(call: Callable[[], T], patience: Patience, cancel: Cancellation, what: str) -> T:
    """What `call` gives. Raises: DownloadFailed, once patience ends; Cancelled, on request."""
    tries = Tries(patience, cancel)
    while True:
        try:
            return call()
        except Interrupted as why:
            tries.failed(why, giving_up=DownloadFailed(f"{what}: {why.reason}", hint=TRY_AGAIN))


TRY_AGAIN = "Check the network, and run the same command again: it goes on where it was."


def wait(seconds: float, cancel: Cancellation) -> None:
    """Raises: Cancelled, at once on request."""
    asked = threading.Event()
    with cancel.on_cancel(asked.set):
        asked.wait(seconds)
    cancel.raise_if_cancelled()
