"""Stop strings: where an answer ends before the model ends it.

Owns the text that may still turn out to be the start of a stop string; knows nothing of
tokens.
"""

from __future__ import annotations

from collections.abc import Sequence


class StopStrings:
    """Passes text on and ends it before the first stop string.

    What could be the beginning of a stop string is held back until it is certain, so that no
    part of one is ever shown.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.reached = False

    def feed(self, text: str) -> str:
        """Add text; returns what can be shown now."""
        if not self._stops:
            return text
        self._held += text
        ends = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if ends:
            self.reached = True
            shown, self._held = self._held[: min(ends)], ""
            return shown
        return self._release(len(self._held) - self._possible_start())

    def finish(self) -> str:
        """No more text comes; returns what was held back."""
        return self._release(len(self._held))

    def _release(self, length: int) -> str:
        shown, self._held = self._held[:length], self._held[length:]
        return shown

    def _possible_start(self) -> int:
        """Length of the longest end of the held text that begins a stop string."""
        return max(
            length
            for stop in self._stops
            for length in range(len(stop))
            if self._held.endswith(stop[:length])
        )
