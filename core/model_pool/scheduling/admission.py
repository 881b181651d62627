"""Which waiting loads may begin, and for whom others have to make room.

Owns the walk through the queue and the drain for one that starves; the choice of victims is
in `plan`, the order in `queue`. Knows nothing of leases and callers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.errors import ModelError
from core.model_pool.memory.amount import KINDS, Amount, total
from core.model_pool.memory.budget import Allowance, plan_within
from core.model_pool.scheduling import refusals
from core.model_pool.scheduling.breaker import Breakers
from core.model_pool.scheduling.decisions import EvictionRecord, record, ring
from core.model_pool.scheduling.durations import Durations
from core.model_pool.scheduling.effects import Begin, Effect, Stop, Tell
from core.model_pool.scheduling.events import ModelLoading
from core.model_pool.scheduling.expectation import Expectation
from core.model_pool.scheduling.plan import (
    Admit,
    Decision,
    Never,
    Resident,
    Wait,
    plan_admission,
)
from core.model_pool.scheduling.queue import in_order, starves
from core.model_pool.scheduling.records import Load, Loaded
from core.model_pool.scheduling.table import Table
from core.model_pool.scheduling.usage import rate_of

logger = logging.getLogger(__name__)


class Room(Protocol):
    """What all models of this process may take together, as of the last look; asks nobody."""

    def allowance(self, models: Iterable[str] = ()) -> Allowance: ...

    def ceiling(self) -> Allowance: ...


@dataclass(slots=True)
class Passed:
    """What came of one walk: whether a load began, and which never can, with the reason."""

    begun: bool = False
    refused: list[tuple[Load, ModelError]] = field(default_factory=list)


class Admission:
    """Walks the queue after every change; see the module."""

    def __init__(
        self,
        table: Table,
        room: Room,
        breakers: Breakers,
        durations: Durations,
        expectation: Expectation,
        *,
        leave: Callable[[Loaded, str], bool],
        order: Callable[[Effect], None],
    ) -> None:
        self._room = room
        self.decisions = ring()
        self._table = table
        self._breakers = breakers
        self._durations = durations
        self._expectation = expectation
        self._leave = leave
        self._order = order
        self._draining: list[Loaded] = []
        self._draining_for: Load | None = None

    def admit_waiting(self, now_s: float) -> Passed:
        """Begin every load that may, and say which never can.

        Nobody passes a load that starves. For it, models are drained: those who hold them
        finish, and nobody new gets them.
        """
        passed = Passed()
        starving: Load | None = None
        for load in in_order(self._table.loads.values(), now_s):
            if starving is not None:
                load.lacking = load.lacking or f"waits behind {starving.name}"
                continue
            error = self._try(load, now_s)
            if error is not None:
                passed.refused.append((load, error))
            elif load.phase != "waiting":
                passed.begun = True
            elif self._goes_first(load, now_s):
                starving = load
        self._drain_for(starving, now_s)
        return passed

    def end_drain(self) -> None:
        """Whoever was drained for a load that does not wait any more stays."""
        load = self._draining_for
        if load is not None and self._table.loads.get(load.name) is not load:
            self._drain_for(None, 0.0)

    def try_speculative(self, load: Load, now_s: float, *, likelihood: float) -> bool:
        """Begin a prefetch now, or not at all; nobody likelier leaves for it."""
        if not self._may_begin(load, now_s):
            return False
        residents = self._table.residents(now_s)
        decision = self._plan(load, residents)
        if not isinstance(decision, Admit):
            return False
        load_s = self._durations.load_s(load.name, load.resolved.need.whole_mb) or 0.0
        expected = self._expectation.uses_per_s({load.name: load_s}, now_s)
        uses_per_s = rate_of(likelihood) + expected[load.name]
        worth = Resident(load.name, 0, load_s=load_s, uses_per_s=uses_per_s).cost
        leaving = [each for each in residents if each.name in decision.victims]
        if sum(each.cost for each in leaving) >= worth:
            return False
        self._begin(load, decision, residents, now_s)
        return True

    def limit(self, wanted: str | None = None) -> Amount:
        """What all may take together now."""
        return self._allowance(wanted).limit

    def ceiling(self) -> Amount:
        """What all could ever take together."""
        return self._room.ceiling().limit

    def limited_by_others(self, load: Load) -> bool:
        """Whether it would have more room if other programs held less."""
        now, at_most, need = self.limit(load.name), self.ceiling(), load.resolved.need
        return any(need.of(kind) and now.of(kind) < at_most.of(kind) for kind in KINDS)

    def _allowance(self, wanted: str | None) -> Allowance:
        names = (*self._table.names(), wanted) if wanted else self._table.names()
        return self._room.allowance(names)

    def foresee(self, name: str, need: Amount, now_s: float) -> Decision:
        """What would come of asking for it now; changes nothing."""
        residents = [each for each in self._table.residents(now_s) if each.name != name]
        return plan_within(need, residents, self._allowance(name), self._room.ceiling())

    def _plan(self, load: Load, residents: list[Resident]) -> Decision:
        now, at_most = self._allowance(load.name), self._room.ceiling()
        return plan_within(load.resolved.need, residents, now, at_most)

    def _may_begin(self, load: Load, now_s: float) -> bool:
        return now_s >= self.begins_at_s(load)

    def begins_at_s(self, load: Load) -> float:
        """Before this time it is not tried, whatever room there is."""
        return max(self._breakers.retry_at_s(load.name), load.not_before_s)

    def _try(self, load: Load, now_s: float) -> ModelError | None:
        """Begin it, or leave it waiting, or say why it is refused."""
        if load.name in self._table.loaded:  # it is drained for somebody else
            load.lacking = "has to leave for a model that waited long; it comes back after it"
            return None
        if not self._may_begin(load, now_s):
            load.lacking = load.lacking or "crashed and is tried again in a moment"
            return None
        residents = self._table.residents(now_s)
        decision = self._plan(load, residents)
        if isinstance(decision, Never):
            return refusals.too_large(load.resolved, decision.reason, decision.kind)
        if isinstance(decision, Wait):
            self._cancel_speculations()
            load.lacking = decision.reason
            return None
        if decision.victims and not load.may_evict:
            load.lacking = f"needs {load.resolved.need} and may not evict anybody for it"
            return refusals.busy(load)
        self._begin(load, decision, residents, now_s)
        return None

    def _begin(self, load: Load, decision: Admit, residents: list[Resident], now_s: float) -> None:
        victims = tuple(self._table.loaded[name] for name in decision.victims)
        eviction = self._explain(load, decision, residents, now_s) if victims else None
        # What is free is taken at once; the victims' share when they are really gone.
        load.reserved = load.resolved.need.beyond(total(victim.reserved for victim in victims))
        load.phase, load.phase_since_s, load.lacking = "making_room", now_s, ""
        for victim in victims:
            self._leave(victim, f"evicted for {load.name}")
        self._order(Tell(ModelLoading(load.name, 0.0)))
        self._order(Begin(load, victims, eviction))

    def _explain(
        self, load: Load, decision: Admit, residents: list[Resident], now_s: float
    ) -> EvictionRecord:
        eviction = record(
            load.name,
            load.resolved.need,
            decision,
            residents,
            limit=self.limit(load.name),
            now_s=now_s,
        )
        self.decisions.append(eviction)
        logger.info("%s", eviction.reason)
        return eviction

    def _cancel_speculations(self) -> None:
        """What is loaded on a guess gives way to those who wait."""
        for load in list(self._table.loads.values()):
            if load.speculative and self._table.leaves(load):
                self._order(Stop(load))

    def _goes_first(self, load: Load, now_s: float) -> bool:
        """It starves, may send others away, and could begin if all made room who can."""
        if not (load.may_evict and starves(load, now_s)) or load.name in self._table.loaded:
            return False
        room = self.limit(load.name) - self._table.permanent_after_all()
        return self._may_begin(load, now_s) and not load.resolved.need.beyond(room)

    def _drain_for(self, load: Load | None, now_s: float) -> None:
        """Choose who has to finish for `load`."""
        chosen = [] if load is None else self._choose(load, now_s)
        for model in self._draining:
            model.draining = False
        for model in chosen:
            model.draining = True
        self._draining, self._draining_for = chosen, load

    def _choose(self, load: Load, now_s: float) -> list[Loaded]:
        """The cheapest set, whoever is in use, permanent models excepted.

        What leaves or loads now is taken for gone and come. Who drains already costs nothing
        more, so that the choice stands as long as it suffices: else two models could take
        turns in being chosen, and be lent meanwhile.
        """
        again = {model.name for model in self._draining} if load is self._draining_for else set()
        residents = [
            replace(each, load_s=0.0, uses_per_s=0.0) if each.name in again else each
            for each in self._table.after_all(now_s)
        ]
        decision = plan_admission(load.resolved.need, residents, self.limit(load.name))
        loaded = self._table.loaded
        victims = decision.victims if isinstance(decision, Admit) else ()
        return [loaded[name] for name in victims if name in loaded]
