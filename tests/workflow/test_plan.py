"""Orders of phases: dependencies hold, loads are few, and who can, runs at once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.settings import load_settings
from core.settings.lookup import defaults_file
from core.workflow.phases import TaskPhase
from core.workflow.plan import Memory, Plan, ordered, plan
from core.workflow.profiles import profiles_of

P = TaskPhase
PLENTY = Memory({}, 1000)
EACH = {phase: str(phase) for phase in P}


def one_at_a_time(*models: str) -> Memory:
    return Memory(dict.fromkeys(models, 600), 1000)


def test_what_nobody_waits_for_runs_at_once_up_to_the_limit() -> None:
    free: dict[TaskPhase, frozenset[TaskPhase]] = {
        phase: frozenset() for phase in list(P) if phase != P.REFINEMENT
    }
    found = plan(free, EACH, PLENTY, max_parallel=2)
    assert [len(wave) for wave in found.waves] == [2, 2, 1]
    assert len(plan(free, EACH, PLENTY, max_parallel=1).waves) == 5


def test_phases_of_one_model_stand_together_when_only_one_fits() -> None:
    models = {P.PLANNING: "a", P.RESEARCH: "b", P.GENERATION: "a", P.VALIDATION: "b"}
    free = {phase: frozenset[TaskPhase]() for phase in models}
    found = plan(free, models, one_at_a_time("a", "b"), max_parallel=2)
    assert found.loads == 2
    assert found.waves == ((P.PLANNING, P.GENERATION), (P.RESEARCH, P.VALIDATION))


def test_the_model_that_is_loaded_goes_first() -> None:
    models = {P.PLANNING: "a", P.RESEARCH: "b"}
    free = {phase: frozenset[TaskPhase]() for phase in models}
    memory = Memory({"a": 600, "b": 600}, 1000, frozenset({"b"}))
    found = plan(free, models, memory, max_parallel=2)
    assert (found.waves, found.loads) == (((P.RESEARCH,), (P.PLANNING,)), 1)


def test_models_that_do_not_fit_together_do_not_run_together() -> None:
    models = {P.PLANNING: "a", P.RESEARCH: "b"}
    free = {phase: frozenset[TaskPhase]() for phase in models}
    assert len(plan(free, models, one_at_a_time("a", "b"), max_parallel=2).waves) == 2
    assert len(plan(free, models, PLENTY, max_parallel=2).waves) == 1


def test_waves_of_the_shipped_agents_make_nobody_wait_in_vain() -> None:
    for profile in profiles_of(load_settings(defaults_file(), environ={})).values():
        waits = ordered(profile.dependencies())
        waves = plan(waits, EACH, PLENTY, max_parallel=2).waves
        for before, wave in pairwise(waves):
            assert all(waits[phase] >= set(before) for phase in wave), profile.agent_name


def test_a_refinement_is_the_neighbour_of_its_review_and_alone() -> None:
    shown = {
        P.RESEARCH: frozenset[TaskPhase](),
        P.GENERATION: frozenset[TaskPhase](),
        P.REVIEW: frozenset({P.GENERATION}),
        P.REFINEMENT: frozenset({P.GENERATION, P.RESEARCH, P.REVIEW}),
        P.VALIDATION: frozenset({P.GENERATION}),
    }
    waits = ordered(shown)
    found = plan(waits, EACH, PLENTY, max_parallel=4)
    assert found.waves == (
        (P.RESEARCH, P.GENERATION),
        (P.REVIEW,),
        (P.REFINEMENT,),
        (P.VALIDATION,),
    )
    assert found.waits_for(waits)[P.REFINEMENT] == {P.REVIEW}
    assert found.following(P.REVIEW) == (P.REFINEMENT,)
    assert found.following(P.VALIDATION) == ()


def test_a_circle_is_an_error() -> None:
    with pytest.raises(InvalidInput, match="waits for itself"):
        ordered({P.PLANNING: frozenset({P.RESEARCH}), P.RESEARCH: frozenset({P.PLANNING})})


@st.composite
def dependencies(draw: st.DrawFn) -> dict[TaskPhase, frozenset[TaskPhase]]:
    order = draw(st.permutations(list(P)))
    return {
        phase: frozenset(draw(st.sets(st.sampled_from(order[:place])))) if place else frozenset()
        for place, phase in enumerate(order)
    }


@given(
    dependencies(),
    st.lists(st.sampled_from("abc"), min_size=6, max_size=6),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_every_plan_keeps_the_rules(
    waits: dict[TaskPhase, frozenset[TaskPhase]], names: list[str], parallel: int, room: int
) -> None:
    models = dict(zip(P, names, strict=True))
    memory = Memory(dict.fromkeys("abc", 1), room)
    found = plan(waits, models, memory, max_parallel=parallel)
    done: set[TaskPhase] = set()
    for wave in found.waves:
        assert len(wave) <= parallel
        assert len({models[each] for each in wave}) <= room
        for each in wave:
            assert waits[each] <= done
        done |= set(wave)
    assert done == set(P)
    assert found.loads >= len(set(names))
    if room >= len(set(names)):
        assert found.loads == len(set(names))
    assert found.loads <= plan(waits, models, memory, max_parallel=1).loads
    _assert_waiting_is_enough(found, waits)


def _assert_waiting_is_enough(found: Plan, waits: dict[TaskPhase, frozenset[TaskPhase]]) -> None:
    """Running each phase once those that it waits for are done gives the same waves."""
    told = found.waits_for(waits)
    wave_of = {each: number for number, wave in enumerate(found.waves) for each in wave}
    for each, before in told.items():
        earliest = max((wave_of[other] + 1 for other in before), default=0)
        assert earliest == wave_of[each]
