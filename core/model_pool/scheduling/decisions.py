"""Why somebody had to leave: the last evictions, each with what else could have been done.

Owns the record and how long it is kept; decides nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.model_pool.scheduling.plan import Admit, Resident

KEPT = 32


@dataclass(frozen=True, slots=True)
class Leaver:
    """One model of a set that makes room. `cost` as in `Resident.cost`."""

    name: str
    reserved_mb: int
    cost: float


@dataclass(frozen=True, slots=True)
class EvictionRecord:
    """One decision; `at_s` is on the pool's clock, `free_mb` what was free before it.

    `alternative` is the next-best set that would have made room; empty when there was none.
    """

    at_s: float
    wanted: str
    need_mb: int
    free_mb: int
    victims: tuple[Leaver, ...]
    alternative: tuple[Leaver, ...]

    @property
    def reason(self) -> str:
        """One line for a log or a person."""
        chosen = (
            f"{self.wanted} needs {self.need_mb} MiB and {self.free_mb} are free: "
            f"{_shown(self.victims)} left"
        )
        return f"{chosen} rather than {_shown(self.alternative)}" if self.alternative else chosen


def record(
    wanted: str,
    need_mb: int,
    admitted: Admit,
    residents: Iterable[Resident],
    *,
    budget_mb: int,
    now_s: float,
) -> EvictionRecord:
    """What was decided, in numbers that stay when the residents change."""
    held = list(residents)
    free_mb = budget_mb - sum(resident.reserved_mb for resident in held)
    evictable = {resident.name: resident for resident in held if resident.evictable}
    return EvictionRecord(
        at_s=now_s,
        wanted=wanted,
        need_mb=need_mb,
        free_mb=free_mb,
        victims=_leavers(admitted.victims, evictable),
        alternative=_leavers(admitted.alternative, evictable),
    )


def ring() -> deque[EvictionRecord]:
    """Room for the last KEPT records."""
    return deque(maxlen=KEPT)


def _leavers(names: Iterable[str], evictable: Mapping[str, Resident]) -> tuple[Leaver, ...]:
    residents = (evictable[name] for name in names)
    return tuple(Leaver(each.name, each.reserved_mb, each.cost) for each in residents)


def _shown(leavers: tuple[Leaver, ...]) -> str:
    names = " and ".join(f"{each.name} ({each.reserved_mb} MiB)" for each in leavers)
    return f"{names}, cost {sum(each.cost for each in leavers):.3g},"
