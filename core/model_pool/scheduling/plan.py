"""Who has to leave so that a model fits: pure decisions over plain numbers.

Owns the rule of admission; knows nothing of threads, engines or clocks. Of all sets that make
enough room the cheapest leaves: the cost of a victim is its reload time times the rate at
which it is expected to be used. Priority comes first: sets are compared by the cost of their
high victims, then of the normal ones, then of the low, so a high model leaves only when all
others together do not suffice. Leased and permanent models never leave, and nobody leaves in
vain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.settings.schema import Priority

EVICTION_RANK: dict[Priority, int] = {"low": 0, "normal": 1, "high": 2}
ENUMERATED = 12
"""Up to so many evictable models every set is weighed: 4096 sets, some milliseconds."""
LEAST_LOAD_S = 0.1
LEAST_USES_PER_S = 1e-300
"""No load is free and no use impossible, so that a victim more always costs more."""


@dataclass(frozen=True, slots=True)
class Resident:
    """Memory that is taken now. What is still loading or closing counts as leased.

    `load_s` is how long it took to load, `uses_per_s` how often it is expected to be used.
    """

    name: str
    reserved_mb: int
    leases: int = 0
    permanent: bool = False
    priority: Priority = "normal"
    load_s: float = 0.0
    uses_per_s: float = 0.0

    @property
    def evictable(self) -> bool:
        return not self.leases and not self.permanent

    @property
    def cost(self) -> float:
        """Seconds of reloading expected for each second that it is gone; never 0."""
        return max(self.load_s, LEAST_LOAD_S) * max(self.uses_per_s, LEAST_USES_PER_S)


@dataclass(frozen=True, slots=True)
class Admit:
    """It fits once all `victims` have left; they come in the order of leaving.

    `alternative` is the next-best set that would have done; empty when there is none.
    """

    victims: tuple[str, ...] = ()
    alternative: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """It does not fit now, but will when what is in use is given back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """It cannot fit, whoever leaves; `reason` holds the arithmetic."""

    reason: str


Decision = Admit | Wait | Never
Victims = tuple[Resident, ...]


def plan_admission(need_mb: int, residents: Sequence[Resident], budget_mb: int) -> Decision:
    """Decide for a model of `need_mb` MiB, given everybody's reservation and the budget.

    The order of `residents` does not matter, and names are unique among the evictable.
    """
    if need_mb > budget_mb:
        return Never(f"needs {need_mb} MiB and the models' budget is {budget_mb} MiB")
    pinned = [resident for resident in residents if resident.permanent]
    pinned_mb = _total_mb(pinned)
    if need_mb + pinned_mb > budget_mb:
        return Never(
            f"needs {need_mb} MiB and only {budget_mb - pinned_mb} of the models' {budget_mb} MiB "
            f"are not held by permanent models ({_holders(pinned)})"
        )
    shortfall_mb = need_mb - (budget_mb - _total_mb(residents))
    evictable = sorted((each for each in residents if each.evictable), key=_leaves_before)
    if shortfall_mb > _total_mb(evictable):
        return Wait(_why_wait(need_mb, residents, budget_mb))
    if shortfall_mb <= 0:
        return Admit()
    best, *others = sorted(_sufficient_sets(shortfall_mb, evictable), key=_cost)[:2]
    return Admit(_names(best), _names(others[0]) if others else ())


def _sufficient_sets(shortfall_mb: int, evictable: Sequence[Resident]) -> Iterator[Victims]:
    """Every set that makes room and holds nobody who could stay.

    Above ENUMERATED models only one: the first that suffice in the order of leaving, less
    those not needed after all.
    """
    if len(evictable) > ENUMERATED:
        yield _greedy(shortfall_mb, evictable)
        return
    for mask in range(1, 1 << len(evictable)):
        victims = tuple(each for bit, each in enumerate(evictable) if mask >> bit & 1)
        spare_mb = _total_mb(victims) - shortfall_mb
        if spare_mb >= 0 and all(victim.reserved_mb > spare_mb for victim in victims):
            yield victims


def _greedy(shortfall_mb: int, evictable: Sequence[Resident]) -> Victims:
    victims: list[Resident] = []
    for resident in evictable:
        if _total_mb(victims) >= shortfall_mb:
            break
        victims.append(resident)
    for victim in reversed(tuple(victims)):  # the most valuable is spared first
        if _total_mb(victims) - victim.reserved_mb >= shortfall_mb:
            victims.remove(victim)
    return tuple(victims)


def _cost(victims: Victims) -> tuple[tuple[float, ...], int, tuple[str, ...]]:
    """What sets are compared by: costs of high, normal and low; fewer victims; names."""
    costs = [0.0] * len(EVICTION_RANK)
    for victim in victims:
        costs[-1 - EVICTION_RANK[victim.priority]] += victim.cost
    return tuple(costs), len(victims), _names(victims)


def _leaves_before(resident: Resident) -> tuple[int, float, str]:
    return EVICTION_RANK[resident.priority], resident.cost, resident.name


def _names(victims: Victims) -> tuple[str, ...]:
    return tuple(victim.name for victim in victims)


def _total_mb(residents: Sequence[Resident]) -> int:
    return sum(resident.reserved_mb for resident in residents)


def _why_wait(need_mb: int, residents: Sequence[Resident], budget_mb: int) -> str:
    held = [resident for resident in residents if not resident.evictable]
    free_mb = max(0, budget_mb - _total_mb(held))
    return (
        f"needs {need_mb} MiB and {free_mb} of the models' {budget_mb} MiB "
        f"can be had now; the rest is held by {_holders(held)}"
    )


def _holders(residents: Sequence[Resident]) -> str:
    return ", ".join(
        f"{resident.name} {resident.reserved_mb} MiB "
        f"{'permanent' if resident.permanent else 'in use'}"
        for resident in sorted(residents, key=lambda each: (each.name, each.reserved_mb))
    )
