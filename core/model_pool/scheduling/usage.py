"""How often each model is likely to be wanted, by three ways to guess it from the past.

Owns the guesses; which of them to believe is in `expectation`. They know nothing of memory, and
keep counting across unloads, so that a model that comes back is not taken for a new one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from typing import Protocol

HALF_LIVES_S = (5.0, 1800.0)
"""Short for the task at hand, long for habits. Chosen by replaying the traces of
`benchmarks.pool`: one half-life of 10 minutes follows a change of task too late and costs more
load time than LRU."""
AT_HAND = 1000.0
"""How much likelier the model used last is than another one, if nothing else counts."""
OTHERS_BETWEEN = 2
KEPT_PER_RETURN = 0.9
"""Of each count of returns: the last ten or so say who is needed."""


def rate_of(likelihood: float) -> float:
    """Uses per second that a use stands for which is expected now: 1 is as good as certain."""
    return likelihood * math.log(2) / HALF_LIVES_S[0]


class Guess(Protocol):
    """One way to tell from past uses who will be wanted."""

    def used(self, name: str, now_s: float) -> None:
        """`name` was used."""
        ...

    def rates(self, names: Collection[str], now_s: float) -> dict[str, float]:
        """How often each is expected to be used; only the ratio of two rates says something."""
        ...


class AtHand:
    """The one used last is in use now; of the others, who was come back to in the last tasks.

    To come back is to be used when at least OTHERS_BETWEEN others were used since the last time:
    whom two take turns with is in the same task.
    """

    def __init__(self) -> None:
        self._oldest_first: list[str] = []
        self._returns: dict[str, float] = {}

    def used(self, name: str, now_s: float) -> None:
        since = self._used_since(name)
        if since is None or since >= OTHERS_BETWEEN:
            self._returns = {each: KEPT_PER_RETURN * n for each, n in self._returns.items()}
            self._returns[name] = self._returns.get(name, 0.0) + 1.0
        if since is not None:
            self._oldest_first.remove(name)
        self._oldest_first.append(name)

    def rates(self, names: Collection[str], now_s: float) -> dict[str, float]:
        last = next((name for name in reversed(self._oldest_first) if name in names), None)
        return {
            name: (1.0 + self._returns.get(name, 0.0)) * (AT_HAND if name == last else 1.0)
            for name in names
        }

    def _used_since(self, name: str) -> int | None:
        """How many others; None when it was never used."""
        if name not in self._oldest_first:
            return None
        return len(self._oldest_first) - 1 - self._oldest_first.index(name)


class Returns:
    """As often as people came back to it from another model, however long ago."""

    def __init__(self) -> None:
        self._returns: Counter[str] = Counter()
        self._last: str | None = None

    def used(self, name: str, now_s: float) -> None:
        self._returns[name] += name != self._last
        self._last = name

    def rates(self, names: Collection[str], now_s: float) -> dict[str, float]:
        return {name: 1.0 + self._returns[name] for name in names}


class Lately:
    """Counts of uses that halve with time, in HALF_LIVES_S; rates are in uses per second."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[float, ...]] = {}
        self._counted_at_s: dict[str, float] = {}

    def used(self, name: str, now_s: float) -> None:
        self._counts[name] = tuple(count + 1.0 for count in self._decayed(name, now_s))
        self._counted_at_s[name] = now_s

    def rates(self, names: Collection[str], now_s: float) -> dict[str, float]:
        return {name: self._uses_per_s(name, now_s) for name in names}

    def _uses_per_s(self, name: str, now_s: float) -> float:
        """The sum of what each half-life estimates; 0 for a model never used.

        A count that halves every H seconds settles at rate x H / ln 2, hence the division.
        """
        decayed = zip(self._decayed(name, now_s), HALF_LIVES_S, strict=True)
        return sum(count * math.log(2) / half_life_s for count, half_life_s in decayed)

    def _decayed(self, name: str, now_s: float) -> tuple[float, ...]:
        counts = self._counts.get(name, (0.0,) * len(HALF_LIVES_S))
        idle_s = now_s - self._counted_at_s.get(name, now_s)
        return tuple(
            count * math.exp2(-idle_s / half_life_s)
            for count, half_life_s in zip(counts, HALF_LIVES_S, strict=True)
        )
