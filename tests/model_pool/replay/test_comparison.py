"""Policies side by side on a recorded trace, and the advice that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model_pool.replay.advice import WORTH_A_WORD, advise
from core.model_pool.replay.clairvoyant import least_load_s
from core.model_pool.replay.comparison import (
    MOST_OPTIMUM_MODELS,
    OTHERS,
    OURS,
    compare,
    fitting,
    optimum_s,
    ours,
)
from core.model_pool.replay.recorded import RecordedTrace
from core.model_pool.replay.simulation import PlannedPolicy, Request, SimulatedModel, replay
from tests.model_pool.replay.traces import BUDGET_MB, MODELS, recorded, trace_names

pins = st.sets(st.sampled_from(sorted(MODELS)), max_size=3)


@given(trace_names, pins)
def test_all_serve_the_same_requests_within_the_budget(names: list[str], pinned: set[str]) -> None:
    found = compare(recorded(names), BUDGET_MB, pinned)
    left_out = sum(found.too_large.values())
    assert set(found.outcomes) == ({OURS, *OTHERS} if left_out < len(names) else set())
    for outcome in found.outcomes.values():
        assert outcome.requests == len(names) - left_out
        assert outcome.violations == 0
        assert found.optimum_s is not None
        assert outcome.load_s >= found.optimum_s - 1e-9


@given(trace_names)
def test_who_never_fits_is_left_out_and_nobody_else(names: list[str]) -> None:
    found = compare(recorded(names), BUDGET_MB)
    assert found.too_large == ({"huge": names.count("huge")} if "huge" in names else {})


@given(trace_names)
def test_repeats_do_not_change_the_optimum(names: list[str]) -> None:
    trace = recorded(names)
    requests = fitting(trace, BUDGET_MB)
    if requests:
        all_of_them_s = least_load_s(MODELS, requests, BUDGET_MB)
        assert optimum_s(trace, requests, BUDGET_MB) == pytest.approx(all_of_them_s)


class Watched(PlannedPolicy):
    """Ours, with a look at who leaves."""

    left: frozenset[str] = frozenset()

    def victims(
        self, wanted: SimulatedModel, loaded: Sequence[SimulatedModel], now_s: float
    ) -> Iterable[str]:
        victims = tuple(super().victims(wanted, loaded, now_s))
        self.left |= set(victims)
        return victims


@given(trace_names, pins)
def test_a_pinned_model_never_leaves(names: list[str], pinned: set[str]) -> None:
    trace, policy = recorded(names), Watched(BUDGET_MB, pinned)
    requests = fitting(trace, BUDGET_MB, pinned)
    replay(MODELS, requests, policy, BUDGET_MB)
    assert not policy.left & pinned


def test_an_optimum_that_is_too_much_work_is_not_computed() -> None:
    models = {
        name: SimulatedModel(name, 10, 1.0)
        for name in (f"m{number}" for number in range(MOST_OPTIMUM_MODELS + 1))
    }
    requests = [Request(name, 1.0) for name in models]
    trace = RecordedTrace(tuple(requests), models, {})
    assert optimum_s(trace, requests, 50) is None
    assert optimum_s(trace, requests[1:], 50) == len(models) - 1
    assert optimum_s(trace, requests[1:] * 1000, 50) is None
    assert compare(trace, 50).optimum_s is None


@given(trace_names, pins)
def test_advice_is_what_the_simulation_says_and_worth_it(
    names: list[str], pinned: set[str]
) -> None:
    trace = recorded(names)
    advice = advise(trace, BUDGET_MB, pinned)
    if advice is not None:
        requests = fitting(trace, BUDGET_MB, pinned)
        assert advice.instead_of_s == ours(trace, requests, BUDGET_MB, pinned).load_s
        assert advice.load_s < advice.instead_of_s * (1 - WORTH_A_WORD)
        if advice.change != "more_memory":
            changed = pinned ^ {advice.model}
            assert advice.load_s == ours(trace, requests, BUDGET_MB, changed).load_s
            assert {*fitting(trace, BUDGET_MB, changed)} >= {*requests}


def test_more_memory_is_advised_when_no_pin_helps() -> None:
    advice = advise(recorded("bcbcbcbc"), BUDGET_MB)  # 110 of 100 MiB, one at a time
    assert advice is not None
    assert (advice.change, advice.load_s, advice.instead_of_s) == ("more_memory", 5.0, 20.0)


def test_a_pin_is_advised_where_it_spares_loading() -> None:
    """Two that take turns for a moment push out one that is slow to load and comes back."""
    models = {"slow": SimulatedModel("slow", 50, 20.0)}
    models |= {name: SimulatedModel(name, 50, 1.0) for name in "xy"}
    requests = [
        Request(name, 1200.0 * turn + at_s)
        for turn in range(5)
        for name, at_s in (("slow", 0), ("x", 600), ("y", 602), ("x", 604), ("y", 606))
    ]
    advice = advise(RecordedTrace(tuple(requests), models, {}), BUDGET_MB)
    assert advice is not None
    assert (advice.change, advice.model, advice.load_s) == ("pin", "slow", 20.0 + 5 * 4)
    assert advice.instead_of_s >= 2 * 20.0 + 4 * 4  # slow leaves at least once


def test_taking_a_pin_away_is_advised_where_it_is_in_the_way() -> None:
    advice = advise(recorded("dacacac"), BUDGET_MB, {"d"})  # 110 of 100 MiB, 90 without it
    assert advice is not None
    assert (advice.change, advice.model, advice.load_s) == ("unpin", "d", 9.0)


@pytest.mark.parametrize("names", ["aaaa", "abab", ["huge"], ["remote"]])
def test_there_is_no_advice_where_nothing_can_be_spared(names: Iterable[str]) -> None:
    assert advise(recorded(names), BUDGET_MB) is None
