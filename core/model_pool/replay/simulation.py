"""Replays a trace of requests against a policy, without a model and without a clock.

Owns the replay and our own policy, which is the pool's real planning function; knows nothing
of engines, threads or leases: requests come one at a time, so nobody is in use at a miss.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import ModelTooLarge
from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.expectation import Expectation
from core.model_pool.scheduling.plan import Admit, Resident, plan_admission


@dataclass(frozen=True, slots=True)
class SimulatedModel:
    """What a model would take: MiB of memory, and seconds to load."""

    name: str
    size_mb: int
    load_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants `model` at `at_s`; a trace is a sequence of them in order of time."""

    model: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trace cost. `violations` counts requests served with more loaded than allowed."""

    requests: int
    hits: int
    load_s: float
    violations: int

    @property
    def hit_rate(self) -> float:
        """The share of requests that found their model loaded."""
        return self.hits / self.requests


class Policy(Protocol):
    """Who leaves, and when. One object sees one trace, from its start."""

    def expired(self, loaded: Sequence[SimulatedModel], now_s: float) -> Iterable[str]:
        """Who has left by `now_s` though nobody needed the memory."""
        ...

    def victims(
        self, wanted: SimulatedModel, loaded: Sequence[SimulatedModel], now_s: float
    ) -> Iterable[str]:
        """Who leaves for `wanted`, which is not loaded."""
        ...

    def used(self, model: SimulatedModel, now_s: float) -> None:
        """`model` is loaded now and serves a request."""
        ...


class PlannedPolicy:
    """The pool's own: `plan_admission` on counted uses. Models have no TTL here, and none of
    the `pinned` ever leaves."""

    def __init__(self, budget_mb: int, pinned: Collection[str] = ()) -> None:
        self._budget_mb = budget_mb
        self._pinned = frozenset(pinned)
        self._expectation = Expectation()

    def expired(self, loaded: Sequence[SimulatedModel], now_s: float) -> Iterable[str]:
        return ()

    def victims(
        self, wanted: SimulatedModel, loaded: Sequence[SimulatedModel], now_s: float
    ) -> Iterable[str]:
        load_s = {model.name: model.load_s for model in loaded}
        uses_per_s = self._expectation.uses_per_s(load_s, now_s)
        residents = [self._resident(model, uses_per_s[model.name]) for model in loaded]
        decision = plan_admission(Amount(wanted.size_mb), residents, Amount(self._budget_mb))
        if isinstance(decision, Admit):
            return decision.victims
        raise ModelTooLarge(
            f"{wanted.name} {decision.reason}.",
            model=wanted.name,
            hint="Leave it out of the trace, or simulate a larger budget.",
        )

    def used(self, model: SimulatedModel, now_s: float) -> None:
        self._expectation.used(self._resident(model), Amount(self._budget_mb), now_s)

    def _resident(self, model: SimulatedModel, uses_per_s: float = 0.0) -> Resident:
        return Resident(
            model.name,
            model.size_mb,
            permanent=model.name in self._pinned,
            load_s=model.load_s,
            uses_per_s=uses_per_s,
        )


def replay(
    models: Mapping[str, SimulatedModel],
    trace: Sequence[Request],
    policy: Policy,
    budget_mb: int,
) -> Outcome:
    """Serve `trace` from an empty pool; loading takes none of the trace's own time.

    Raises: ModelTooLarge, from our own policy, for a model that never fits.
    """
    loaded: dict[str, SimulatedModel] = {}
    hits, load_s, violations = 0, 0.0, 0
    for request in trace:
        wanted = models[request.model]
        for name in policy.expired(tuple(loaded.values()), request.at_s):
            del loaded[name]
        if wanted.name in loaded:
            hits += 1
        else:
            for name in policy.victims(wanted, tuple(loaded.values()), request.at_s):
                del loaded[name]
            loaded[wanted.name] = wanted
            load_s += wanted.load_s
        policy.used(wanted, request.at_s)
        violations += sum(model.size_mb for model in loaded.values()) > budget_mb
    return Outcome(len(trace), hits, load_s, violations)
