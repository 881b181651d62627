"""Why somebody had to leave: the last evictions, each with what else could have been done.

Owns the record and how long it is kept; decides nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.model_pool.memory.amount import Amount, total
from core.model_pool.scheduling.plan import Admit, Resident

KEPT = 32


@dataclass(frozen=True, slots=True)
class Leaver:
    """One model of a set that makes room. `cost` as in `Resident.cost`."""

    name: str
    reserved_mb: int
    cost: float
    device_mb: int = 0

    @property
    def reserved(self) -> Amount:
        return Amount(self.reserved_mb, self.device_mb)


@dataclass(frozen=True, slots=True)
class EvictionRecord:
    """One decision; `at_s` is on the pool's clock, `free` what was free before it: below 0 of
    what others took meanwhile.

    `alternative` is the next-best set that would have made room; empty when there was none.
    """

    at_s: float
    wanted: str
    need: Amount
    free: Amount
    victims: tuple[Leaver, ...]
    alternative: tuple[Leaver, ...]

    @property
    def reason(self) -> str:
        """One line for a log or a person."""
        gpu = f", {self.free.device_mb} of GPU memory" if self.need.device_mb else ""
        chosen = (
            f"{self.wanted} needs {self.need} and {self.free.system_mb} are free{gpu}: "
            f"{_shown(self.victims)} left"
        )
        return f"{chosen} rather than {_shown(self.alternative)}" if self.alternative else chosen


def record(
    wanted: str,
    need: Amount,
    admitted: Admit,
    residents: Iterable[Resident],
    *,
    limit: Amount,
    now_s: float,
) -> EvictionRecord:
    """What was decided, in numbers that stay when the residents change."""
    held = list(residents)
    evictable = {resident.name: resident for resident in held if resident.evictable}
    return EvictionRecord(
        at_s=now_s,
        wanted=wanted,
        need=need,
        free=limit - total(resident.reserved for resident in held),
        victims=_leavers(admitted.victims, evictable),
        alternative=_leavers(admitted.alternative, evictable),
    )


def ring() -> deque[EvictionRecord]:
    """Room for the last KEPT records."""
    return deque(maxlen=KEPT)


def _leavers(names: Iterable[str], evictable: Mapping[str, Resident]) -> tuple[Leaver, ...]:
    residents = (evictable[name] for name in names)
    return tuple(
        Leaver(each.name, each.reserved_mb, each.cost, each.device_mb) for each in residents
    )


def _shown(leavers: tuple[Leaver, ...]) -> str:
    names = " and ".join(f"{each.name} ({each.reserved})" for each in leavers)
    return f"{names}, cost {sum(each.cost for each in leavers):.3g},"
