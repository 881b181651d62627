"""How likely each model is to be wanted soon, from when it was used before.

Owns the decayed counts; knows nothing of memory, and keeps counting across unloads, so that
a model that comes back is not taken for a new one.
"""

from __future__ import annotations

import math

HALF_LIVES_S = (10.0, 1800.0)
"""Short for the task at hand, long for habits. Chosen by `benchmarks.pool`: one half-life of
10 minutes follows a change of task too late and costs more load time than LRU."""


def rate_of(likelihood: float) -> float:
    """Uses per second that a use stands for which is expected now: 1 is as good as certain."""
    return likelihood * math.log(2) / HALF_LIVES_S[0]


class Usage:
    """For each half-life a count of uses that halves in that time on the pool's clock."""

    def __init__(self, half_lives_s: tuple[float, ...] = HALF_LIVES_S) -> None:
        self._half_lives_s = half_lives_s
        self._counts: dict[str, tuple[float, ...]] = {}
        self._counted_at_s: dict[str, float] = {}

    def count(self, name: str, now_s: float) -> None:
        """`name` was used."""
        self._counts[name] = tuple(count + 1.0 for count in self._decayed(name, now_s))
        self._counted_at_s[name] = now_s

    def uses_per_s(self, name: str, now_s: float) -> float:
        """The expected rate of uses: the sum of what each half-life estimates.

        A count that halves every H seconds settles at rate x H / ln 2, hence the division.
        0 for a model never used.
        """
        decayed = zip(self._decayed(name, now_s), self._half_lives_s, strict=True)
        return sum(count * math.log(2) / half_life_s for count, half_life_s in decayed)

    def _decayed(self, name: str, now_s: float) -> tuple[float, ...]:
        counts = self._counts.get(name, (0.0,) * len(self._half_lives_s))
        idle_s = now_s - self._counted_at_s.get(name, now_s)
        return tuple(
            count * math.exp2(-idle_s / half_life_s)
            for count, half_life_s in zip(counts, self._half_lives_s, strict=True)
        )
