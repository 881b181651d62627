"""Text on its way to the engine, gathered so that the pipe costs next to nothing.

Owns the pieces that were not sent yet; knows nothing of models.
"""

from __future__ import annotations

import time
from collections.abc import Callable

FLUSH_INTERVAL_S = 0.003
"""Below what a reader can notice, and above the time of a token on a tiny model."""


class DeltaStream:
    """Sends the first piece at once, later ones at most every FLUSH_INTERVAL_S."""

    def __init__(
        self, send: Callable[[str], None], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._now_s = now_s
        self._send = send
        self._pieces: list[str] = []
        self._sent_at_s = float("-inf")

    def add(self, text: str) -> None:
        self._pieces.append(text)
        if self._now_s() - self._sent_at_s >= FLUSH_INTERVAL_S:
            self.flush()

    def flush(self) -> None:
        """Send what is left; nothing when nothing is."""
        if self._pieces:
            self._send("".join(self._pieces))
            self._pieces.clear()
            self._sent_at_s = self._now_s()
