"""Which files are at rest, so that none is read while it is being written.

Owns the waiting for it; knows nothing of what is done with a file at rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock
from core.retrieval.catalogue.catalogue import Stamp

QUIET_S = 2.0
"""How long a file has to stay as it is."""

AT_MOST_S = 60.0
"""One that never rests, such as a log, is read so often all the same."""


@dataclass(frozen=True, slots=True)
class _Seen:
    stamp: Stamp | None
    since_s: float
    restless_since_s: float


class Settling:
    """Remembers what it is asked about from look to look."""

    def __init__(
        self, clock: Clock, *, quiet_s: float = QUIET_S, at_most_s: float = AT_MOST_S
    ) -> None:
        self._clock = clock
        self._quiet_s = quiet_s
        self._at_most_s = at_most_s
        self._before: dict[str, _Seen] = {}
        self._now: dict[str, _Seen] = {}

    def look_again(self) -> None:
        """What is not asked about until the next look is forgotten."""
        self._before, self._now = self._now, {}

    def at_rest(self, path: str, stamp: Stamp | None) -> bool:
        """Whether a file that changed has stayed like this; `stamp` None: it is gone.

        Once it is, the next change of it is waited for anew.
        """
        now_s = self._clock.now_s()
        seen = self._before.get(path) or _Seen(stamp, now_s, now_s)
        if seen.stamp != stamp:
            seen = _Seen(stamp, now_s, seen.restless_since_s)
        rests = now_s - seen.since_s >= self._quiet_s
        if rests or now_s - seen.restless_since_s >= self._at_most_s:
            return True
        self._now[path] = seen
        return False
