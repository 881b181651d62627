"""The least time that any pool could spend on loading a trace, future known.

Owns the exact optimum by dynamic programming over sets of loaded models; it is what
`simulation` measures policies against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from core.model_pool.replay.simulation import Request, SimulatedModel

Loaded = frozenset[str]


def least_load_s(
    models: Mapping[str, SimulatedModel], trace: Sequence[Request], budget_mb: int
) -> float:
    """Seconds of loading that nobody can undercut; starts with nothing loaded.

    At a miss any set may leave. Only sets that leave as little as possible are tried: who
    leaves early could as well leave at a later miss. Cost: at most 2^models states a request.
    """
    transitions: dict[tuple[Loaded, str], list[Loaded]] = {}
    spent_s: dict[Loaded, float] = {frozenset(): 0.0}
    for request in trace:
        after_s: dict[Loaded, float] = {}
        for loaded, cost_s in spent_s.items():
            if request.model in loaded:
                _keep_less(after_s, loaded, cost_s)
                continue
            key = (loaded, request.model)
            if key not in transitions:
                transitions[key] = list(_after_miss(models, loaded, request.model, budget_mb))
            for successor in transitions[key]:
                _keep_less(after_s, successor, cost_s + models[request.model].load_s)
        spent_s = after_s
    return min(spent_s.values())


def _keep_less(spent_s: dict[Loaded, float], loaded: Loaded, cost_s: float) -> None:
    spent_s[loaded] = min(cost_s, spent_s.get(loaded, cost_s))


def _after_miss(
    models: Mapping[str, SimulatedModel], loaded: Loaded, wanted: str, budget_mb: int
) -> Iterator[Loaded]:
    """Every set of the loaded that fits beside `wanted` and could hold none of the others."""
    room_mb = budget_mb - models[wanted].size_mb
    for count in range(len(loaded) + 1):
        for kept in combinations(sorted(loaded), count):
            free_mb = room_mb - sum(models[name].size_mb for name in kept)
            others = loaded.difference(kept)
            if free_mb >= 0 and all(models[name].size_mb > free_mb for name in others):
                yield frozenset((*kept, wanted))
