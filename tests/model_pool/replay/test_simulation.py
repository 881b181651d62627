"""The replay, the clairvoyant optimum and the imitations they are compared with."""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pool_peers import PEERS, UNBUDGETED
from benchmarks.pool_traces import TRACES
from core.errors import ModelTooLarge
from core.model_pool.replay.clairvoyant import least_load_s
from core.model_pool.replay.policies import OrderedPolicy
from core.model_pool.replay.simulation import (
    Outcome,
    PlannedPolicy,
    Request,
    SimulatedModel,
    replay,
)

BUDGET_MB = 100
MODELS = {
    model.name: model
    for model in (
        SimulatedModel("a", 30, 3.0),
        SimulatedModel("b", 50, 1.0),
        SimulatedModel("c", 60, 4.0),
        SimulatedModel("d", 20, 2.0),
    )
}
trace_names = st.lists(st.sampled_from(sorted(MODELS)), max_size=9)


def requests(names: str | list[str], pause_s: float = 10.0) -> list[Request]:
    return [Request(name, i * pause_s) for i, name in enumerate(names)]


def tried_one_by_one_s(names: tuple[str, ...]) -> float:
    """The optimum by brute force: at a miss every subset of the loaded is tried."""

    @lru_cache(None)
    def rest_s(at: int, loaded: frozenset[str]) -> float:
        if at == len(names):
            return 0.0
        wanted = names[at]
        if wanted in loaded:
            return rest_s(at + 1, loaded)
        return MODELS[wanted].load_s + min(
            rest_s(at + 1, frozenset((*kept, wanted)))
            for count in range(len(loaded) + 1)
            for kept in combinations(sorted(loaded), count)
            if sum(MODELS[name].size_mb for name in (*kept, wanted)) <= BUDGET_MB
        )

    return rest_s(0, frozenset())


@given(trace_names)
def test_the_optimum_is_what_trying_everything_finds(names: list[str]) -> None:
    optimum_s = least_load_s(MODELS, requests(names), BUDGET_MB)
    assert optimum_s == pytest.approx(tried_one_by_one_s(tuple(names)))


@given(trace_names)
def test_nobody_undercuts_the_optimum_and_all_with_a_budget_keep_it(names: list[str]) -> None:
    trace = requests(names)
    optimum_s = least_load_s(MODELS, trace, BUDGET_MB)
    for name, new in {"ours": PlannedPolicy, **PEERS}.items():
        outcome = replay(MODELS, trace, new(BUDGET_MB), BUDGET_MB)
        if name != UNBUDGETED:
            assert outcome.load_s >= optimum_s - 1e-9
            assert outcome.violations == 0


def test_a_replay_counts_hits_and_load_seconds() -> None:
    outcome = replay(MODELS, requests("aabca"), OrderedPolicy(BUDGET_MB), BUDGET_MB)
    # c (60) needs 40 of the 80 held: a leaves as the stalest, then b as well, so a is a miss.
    assert outcome == Outcome(requests=5, hits=1, load_s=3.0 + 1.0 + 4.0 + 3.0, violations=0)


def test_who_ignores_the_budget_is_caught() -> None:
    assert replay(MODELS, requests("abc"), PEERS[UNBUDGETED](BUDGET_MB), BUDGET_MB).violations == 1


def test_a_ttl_unloads_what_nobody_needed_the_memory_of() -> None:
    trace = requests("aa", pause_s=61.0)
    assert replay(MODELS, trace, PEERS["TTL 60 s"](BUDGET_MB), BUDGET_MB).hits == 0
    assert replay(MODELS, trace, OrderedPolicy(BUDGET_MB), BUDGET_MB).hits == 1


def test_what_can_never_fit_is_an_error() -> None:
    with pytest.raises(ModelTooLarge, match="c needs 60 MiB"):
        replay(MODELS, requests("c"), PlannedPolicy(59), 59)


@pytest.mark.parametrize("kind", sorted(TRACES))
def test_a_trace_is_the_same_every_time_and_goes_forward(kind: str) -> None:
    first, second = (TRACES[kind](random.Random("1")) for _ in range(2))
    trace = [next(first) for _ in range(200)]
    assert trace == [next(second) for _ in range(200)]
    assert all(a.at_s <= b.at_s for a, b in pairwise(trace))
    assert len({request.model for request in trace}) > 2
