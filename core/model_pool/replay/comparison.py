"""What a recorded trace would have cost under several policies, in one budget.

Owns the choice of policies and how much work the optimum is worth; knows nothing of files and
of how it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from core.model_pool.replay.clairvoyant import least_load_s
from core.model_pool.replay.policies import Gdsf, OrderedPolicy
from core.model_pool.replay.recorded import RecordedTrace
from core.model_pool.replay.simulation import (
    Outcome,
    PlannedPolicy,
    Policy,
    Request,
    SimulatedModel,
    replay,
)

OURS = "SARAi"
OTHERS: dict[str, Callable[[int], Policy]] = {
    "LRU": OrderedPolicy,
    "GDSF": Gdsf,
    "TTL 60 s": lambda budget_mb: OrderedPolicy(budget_mb, ttl_s=60.0),
    "TTL 300 s": lambda budget_mb: OrderedPolicy(budget_mb, ttl_s=300.0),
}
MOST_OPTIMUM_STEPS = 1_000_000
"""Sets of models times requests: 12 models of which 6 fit, asked 400 times, took 2.7 s on a
busy x86-64 core."""
MOST_OPTIMUM_MODELS = 14


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcomes by policy, all of the same requests; `budget_mb` is what models may take.

    `optimum_s` is the least that anybody could have spent on loading, None when it is too
    much work. `too_large` are models that can never fit, with how many requests are left
    out for it. Without any request left there are no outcomes.
    """

    budget_mb: int
    outcomes: Mapping[str, Outcome]
    optimum_s: float | None
    too_large: Mapping[str, int]


def compare(trace: RecordedTrace, budget_mb: int, pinned: Collection[str] = ()) -> Comparison:
    """Replay `trace` under every policy; only ours keeps the `pinned` models loaded."""
    requests = fitting(trace, budget_mb, pinned)
    left_out = Counter(each.model for each in trace.requests)
    left_out.subtract(each.model for each in requests)
    too_large = {name: count for name, count in left_out.items() if count}
    if not requests:
        return Comparison(budget_mb, {}, None, too_large)
    outcomes = {OURS: ours(trace, requests, budget_mb, pinned)}
    for name, new in OTHERS.items():
        outcomes[name] = replay(trace.models, requests, new(budget_mb), budget_mb)
    return Comparison(budget_mb, outcomes, optimum_s(trace, requests, budget_mb), too_large)


def ours(
    trace: RecordedTrace, requests: Sequence[Request], budget_mb: int, pinned: Collection[str]
) -> Outcome:
    """What our own policy makes of `requests`, each of which must be `fitting`."""
    return replay(trace.models, requests, PlannedPolicy(budget_mb, pinned), budget_mb)


def fitting(
    trace: RecordedTrace, budget_mb: int, pinned: Collection[str] = ()
) -> tuple[Request, ...]:
    """The requests for models that fit into the budget beside all that are pinned."""
    fits = {
        name: model.size_mb + _pinned_mb(trace, pinned, but=name) <= budget_mb
        for name, model in trace.models.items()
    }
    return tuple(request for request in trace.requests if fits[request.model])


def _pinned_mb(trace: RecordedTrace, pinned: Collection[str], *, but: str) -> int:
    """Pinned models that the trace never loads take their place elsewhere."""
    known = (trace.models[name] for name in pinned if name in trace.models and name != but)
    return sum(model.size_mb for model in known)


def optimum_s(trace: RecordedTrace, requests: Sequence[Request], budget_mb: int) -> float | None:
    """Seconds of loading that nobody can undercut; None when it is too much work."""
    changes = [*requests[:1], *(b for a, b in pairwise(requests) if a.model != b.model)]
    asked = [trace.models[name] for name in {request.model for request in changes}]
    if len(asked) > MOST_OPTIMUM_MODELS:
        return None
    if len(changes) * _sets_that_fit(asked, budget_mb) > MOST_OPTIMUM_STEPS:
        return None
    return least_load_s(trace.models, changes, budget_mb)


def _sets_that_fit(models: Sequence[SimulatedModel], budget_mb: int) -> int:
    """How many sets of models may be loaded together."""
    sizes_mb = [model.size_mb for model in models]
    return sum(
        sum(chosen) <= budget_mb
        for count in range(len(sizes_mb) + 1)
        for chosen in combinations(sizes_mb, count)
    )
