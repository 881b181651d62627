"""Who has to leave so that a model fits: pure decisions over plain numbers.

Owns the rule of admission; knows nothing of threads, engines or clocks. Low priority leaves
before normal before high, and within one priority the least recently used leaves first.
Leased and permanent models never leave, and nobody leaves in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.settings.schema import Priority

EVICTION_RANK: dict[Priority, int] = {"low": 0, "normal": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Resident:
    """Memory that is taken now. What is still loading or closing counts as leased."""

    name: str
    reserved_mb: int
    leases: int = 0
    permanent: bool = False
    priority: Priority = "normal"
    last_used_s: float = 0.0

    @property
    def evictable(self) -> bool:
        return not self.leases and not self.permanent


@dataclass(frozen=True, slots=True)
class Admit:
    """It fits once all `victims` have left; they come in the order of leaving."""

    victims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """It does not fit now, but will when what is in use is given back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """It cannot fit, whoever leaves; `reason` holds the arithmetic."""

    reason: str


Decision = Admit | Wait | Never


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
    victims = _cheapest_victims(shortfall_mb, residents)
    if victims is None:
        return Wait(_why_wait(need_mb, residents, budget_mb))
    return Admit(tuple(victim.name for victim in victims))


def _cheapest_victims(shortfall_mb: int, residents: Sequence[Resident]) -> list[Resident] | None:
    """The first that suffice in the order of leaving, less those not needed after all."""
    freed_mb = 0
    victims: list[Resident] = []
    for resident in sorted((r for r in residents if r.evictable), key=_leaves_before):
        if freed_mb >= shortfall_mb:
            break
        victims.append(resident)
        freed_mb += resident.reserved_mb
    if freed_mb < shortfall_mb:
        return None
    for victim in reversed(tuple(victims)):  # the most valuable is spared first
        if freed_mb - victim.reserved_mb >= shortfall_mb:
            victims.remove(victim)
            freed_mb -= victim.reserved_mb
    return victims


def _leaves_before(resident: Resident) -> tuple[int, float, str]:
    return EVICTION_RANK[resident.priority], resident.last_used_s, resident.name


def _total_mb(residents: Sequence[Resident]) -> int:
    return sum(resident.reserved_mb for resident in residents)


def _why_wait(need_mb: int, residents: Sequence[Resident], budget_mb: int) -> str:
    held = [resident for resident in residents if not resident.evictable]
    return (
        f"needs {need_mb} MiB and {budget_mb - _total_mb(held)} of the models' {budget_mb} MiB "
        f"can be had now; the rest is held by {_holders(held)}"
    )


def _holders(residents: Sequence[Resident]) -> str:
    return ", ".join(
        f"{resident.name} {resident.reserved_mb} MiB "
        f"{'permanent' if resident.permanent else 'in use'}"
        for resident in sorted(residents, key=lambda resident: resident.name)
    )
