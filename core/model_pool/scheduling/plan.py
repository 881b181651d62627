"""Who has to leave so that a model fits: pure decisions over plain numbers.

Owns the rule of admission; knows nothing of threads, engines or clocks. Of all sets that make
enough room the cheapest leaves: the cost of a victim is its reload time times the rate at
which it is expected to be used. Priority comes first: sets are compared by the cost of their
high victims, then of the normal ones, then of the low, so a high model leaves only when all
others together do not suffice. Leased and permanent models never leave, and nobody leaves in
vain. A model that takes a GPU's memory as well needs room of both kinds, from one set of victims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.model_pool.memory.amount import KINDS, Amount, Kind
from core.model_pool.scheduling import reasons
from core.settings.models import Priority

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
    `device_mb` is what it takes of the GPUs' memory, beside `reserved_mb` of the machine's.
    """

    name: str
    reserved_mb: int
    leases: int = 0
    permanent: bool = False
    priority: Priority = "normal"
    load_s: float = 0.0
    uses_per_s: float = 0.0
    device_mb: int = 0

    @property
    def reserved(self) -> Amount:
        return Amount(self.reserved_mb, self.device_mb)

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
    """It does not fit now, but will when what is in use is given back. `kind` is what lacks."""

    reason: str
    kind: Kind = "system"


@dataclass(frozen=True, slots=True)
class Never:
    """It cannot fit, whoever leaves; `reason` holds the arithmetic. `kind` is what lacks."""

    reason: str
    kind: Kind = "system"


Decision = Admit | Wait | Never
Victims = tuple[Resident, ...]


def plan_admission(need: Amount, residents: Sequence[Resident], limit: Amount) -> Decision:
    """Decide for a model of `need`, given everybody's reservation and what all may take.

    The order of `residents` does not matter, and names are unique among the evictable.
    """
    never = _never(need, residents, limit)
    if never is not None:
        return never
    shortfall = need.beyond(limit - _held(residents))
    if not shortfall:
        return Admit()
    evictable = sorted((each for each in residents if each.evictable), key=_leaves_before)
    lacking = shortfall.beyond(_held(evictable))
    if lacking:
        kind = _first(lacking)
        held = [each for each in residents if not each.evictable]
        return Wait(reasons.others_are_in_use(kind, need, limit, held), kind)
    best, *others = sorted(_sufficient_sets(shortfall, evictable), key=_cost)[:2]
    return Admit(_names(best), _names(others[0]) if others else ())


def _never(need: Amount, residents: Sequence[Resident], limit: Amount) -> Never | None:
    too_much = need.beyond(limit)
    if too_much:
        kind = _first(too_much)
        return Never(reasons.needs_more_than_all(kind, need, limit), kind)
    pinned = [resident for resident in residents if resident.permanent]
    too_much = need.beyond(limit - _held(pinned))
    if too_much:
        kind = _first(too_much)
        return Never(reasons.permanent_models_hold_it(kind, need, limit, pinned), kind)
    return None


def _sufficient_sets(shortfall: Amount, evictable: Sequence[Resident]) -> Iterator[Victims]:
    """Every set that makes room and holds nobody who could stay.

    Above ENUMERATED models only one: the first that suffice in the order of leaving, less
    those not needed after all.
    """
    if len(evictable) > ENUMERATED:
        yield _greedy(shortfall, evictable)
        return
    for mask in range(1, 1 << len(evictable)):
        victims = tuple(each for bit, each in enumerate(evictable) if mask >> bit & 1)
        spare_mb = sum(victim.reserved_mb for victim in victims) - shortfall.system_mb
        spare_device_mb = sum(victim.device_mb for victim in victims) - shortfall.device_mb
        if spare_mb < 0 or spare_device_mb < 0:
            continue
        if all(v.reserved_mb > spare_mb or v.device_mb > spare_device_mb for v in victims):
            yield victims


def _greedy(shortfall: Amount, evictable: Sequence[Resident]) -> Victims:
    victims: list[Resident] = []
    for resident in evictable:
        if not shortfall.beyond(_held(victims)):
            break
        victims.append(resident)
    for victim in reversed(tuple(victims)):  # the most valuable is spared first
        if not shortfall.beyond(_held(victims) - victim.reserved):
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


def _held(residents: Iterable[Resident]) -> Amount:
    held = list(residents)
    return Amount(sum(each.reserved_mb for each in held), sum(each.device_mb for each in held))


def _first(lacking: Amount) -> Kind:
    """The kind of memory that a reason speaks of."""
    return next(kind for kind in KINDS if lacking.of(kind))
