"""How much of the time spent on loading models a clairvoyant pool would have saved.

Simulated: made-up models and requests, replayed against the pool's real planning and against
re-implementations of what others do. Nobody's TTL applies to our models here.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.pool_peers import PEERS, UNBUDGETED
from benchmarks.pool_traces import MODELS, TRACES, traces
from benchmarks.report import Figure, run
from core.model_pool.replay.clairvoyant import least_load_s
from core.model_pool.replay.simulation import Outcome, PlannedPolicy, Policy, replay

MB_PER_GB = 1024
BUDGETS_GB = (13, 10)
OURS = "ours"
POLICIES: dict[str, Callable[[int], Policy]] = {OURS: PlannedPolicy, **PEERS}
BUDGETED = tuple(name for name in PEERS if name != UNBUDGETED)
"""Whom ours is held against: who takes more memory than there is loads less, of course."""
AVERAGE_AT_MOST = 1.15
BEHIND_THE_BEST_AT_MOST = 1.02


@dataclass(frozen=True, slots=True)
class Trial:
    """One trace in one budget, under every policy."""

    trace: str
    budget_gb: int
    optimum_s: float
    outcomes: dict[str, Outcome]

    def ratio(self, policy: str) -> float:
        """Load seconds over the least possible."""
        return self.outcomes[policy].load_s / self.optimum_s

    def behind_the_best(self) -> float:
        """Our load seconds over those of the best other that keeps the budget."""
        others = [self.outcomes[policy].load_s for policy in BUDGETED]
        return self.outcomes[OURS].load_s / min(others)


def measure() -> list[Figure]:
    """All figures of this benchmark."""
    trials = list(_trials())
    figures = [
        _average(f"load time over the optimum, {gb} GiB", [t for t in trials if t.budget_gb == gb])
        for gb in BUDGETS_GB
    ]
    figures += [
        _average(f"the same, {kind}", [t for t in trials if t.trace.startswith(kind)], goal=False)
        for kind in TRACES
    ]
    return [
        _average("load time over the optimum, all traces", trials),
        *figures,
        *_comparisons(trials),
    ]


def _trials() -> Sequence[Trial]:
    trials = []
    for name, trace in traces():
        for budget_gb in BUDGETS_GB:
            budget_mb = budget_gb * MB_PER_GB
            optimum_s = least_load_s(MODELS, trace, budget_mb)
            outcomes = {
                policy: replay(MODELS, trace, new(budget_mb), budget_mb)
                for policy, new in POLICIES.items()
            }
            trials.append(Trial(name, budget_gb, optimum_s, outcomes))
    return trials


def _average(name: str, trials: Sequence[Trial], *, goal: bool = True) -> Figure:
    means = {policy: _mean_ratio(trials, policy) for policy in POLICIES}
    ratios = [trial.ratio(OURS) for trial in trials]
    ours = means.pop(OURS)
    text, met = (f"<= {AVERAGE_AT_MOST}", ours <= AVERAGE_AT_MOST) if goal else ("", None)
    return Figure(f"{name}, mean", ours, "ratio", text, met, (min(ratios), max(ratios)), means)


def _mean_ratio(trials: Sequence[Trial], policy: str) -> float:
    return statistics.mean(trial.ratio(policy) for trial in trials)


def _comparisons(trials: Sequence[Trial]) -> list[Figure]:
    """Ours against each other on every trace, and the budget."""
    behind = [trial.behind_the_best() for trial in trials]
    near = sum(ratio <= BEHIND_THE_BEST_AT_MOST for ratio in behind)
    ours = _mean_ratio(trials, OURS)
    ahead = min(_mean_ratio(trials, policy) for policy in BUDGETED) - ours
    over = {p: sum(trial.outcomes[p].violations for trial in trials) for p in POLICIES}
    hits = {p: statistics.mean(t.outcomes[p].hit_rate for t in trials) for p in POLICIES}
    worst, ours_over = max(behind), over.pop(OURS)
    limit = BEHIND_THE_BEST_AT_MOST
    return [
        Figure(
            *("worst trace, over the best other that keeps the budget", worst, "ratio"),
            *(f"<= {limit}", worst <= limit, (min(behind), worst)),
        ),
        Figure(f"traces within 2 % of that best, of {len(trials)}", near, "traces"),
        Figure(
            "mean of the best other that keeps the budget, less ours",
            ahead,
            "ratio",
            "> 0",
            ahead > 0,
        ),
        Figure("requests over budget", ours_over, "requests", "0", not ours_over, peers=over),
        Figure("hit rate", hits.pop(OURS), "ratio", peers=hits),
    ]


if __name__ == "__main__":
    run("pool", measure)
