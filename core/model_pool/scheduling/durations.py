"""How long loads and uses take, from those that were seen.

Owns the estimates; promises nothing. What was never seen has no estimate, except a load,
whose time follows from its size and the speed of other loads.
"""

from __future__ import annotations

NEWEST_WEIGHT = 0.3
"""Share of the newest value in the running mean: a handful of values decide."""


class Durations:
    """Running means, by model."""

    def __init__(self) -> None:
        self._load_s: dict[str, float] = {}
        self._use_s: dict[str, float] = {}
        self._mb_per_s: float | None = None

    def loaded(self, name: str, size_mb: int, load_s: float) -> None:
        """A load of `size_mb` took `load_s`."""
        self._load_s[name] = _mean(self._load_s.get(name), load_s)
        if load_s > 0:
            self._mb_per_s = _mean(self._mb_per_s, size_mb / load_s)

    def used(self, name: str, use_s: float) -> None:
        """It was in use for `use_s`, from idle to idle."""
        self._use_s[name] = _mean(self._use_s.get(name), use_s)

    def load_s(self, name: str, size_mb: int) -> float | None:
        """The expected time of a load; None when no load was ever seen."""
        known = self._load_s.get(name)
        if known is None and self._mb_per_s:
            return size_mb / self._mb_per_s
        return known

    def use_s(self, name: str) -> float | None:
        """The expected time of a use; None when none was seen."""
        return self._use_s.get(name)


def _mean(old: float | None, new: float) -> float:
    return new if old is None else old + NEWEST_WEIGHT * (new - old)
