"""Each rule of failure, with models that really fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from core.errors import AllPhasesFailed, InvalidInput, PhaseFailed, PhaseTimeout, UnknownAgent
from core.workflow import ModelFailed, MultiModelExecutor, PhaseToken, WorkflowEvent
from tests.virtual_clock import VirtualClock
from tests.workflow.world import (
    CODING,
    TASK,
    TOO_LONG,
    agent,
    by,
    executor_with,
    of_kind,
    phase,
    result_of,
    states,
)

Make = Callable[..., MultiModelExecutor]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    opened: list[AbstractContextManager[MultiModelExecutor]] = []

    def with_phases(phases: dict[str, Any], **workflow: Any) -> MultiModelExecutor:
        agents = {"coding_agent": agent({**CODING, **phases})}
        opened.append(executor_with(tmp_path, agents, **workflow))
        return opened[-1].__enter__()

    yield with_phases
    for each in opened:
        each.__exit__(None, None, None)


def test_planning_that_fails_stops_the_work(make: Make) -> None:
    result = make({"planning": by("planner", instruction=TOO_LONG)}).execute("coding", TASK)
    assert states(result) == [("planning", False)]
    assert (result.success, result.final_result) == (False, None)
    # Nothing else had run, so all phases failed.
    assert isinstance(result.error, AllPhasesFailed)
    assert "sarai doctor" in result.error.hint


def test_generation_that_fails_stops_with_what_there_is(make: Make) -> None:
    result = make({"generation": by("coder", instruction=TOO_LONG)}).execute("coding", TASK)
    assert states(result) == [("planning", True), ("generation", False)]
    assert (result.success, result.final_result) == (False, "The plan")
    assert isinstance(result.error, PhaseFailed)
    assert result.error.phase == "generation"
    failed = phase(result, "generation")
    assert failed.error_code == PhaseFailed.code
    assert failed.tries[0].code == "context_overflow"


def test_a_review_that_fails_leads_to_refinement(make: Make) -> None:
    result = make({"review": by("praise", instruction=TOO_LONG)}).execute("coding", TASK)
    assert states(result)[2:] == [("review", False), ("refinement", True)]
    assert (result.success, result.final_result) == (True, "Better code")
    assert any(told.startswith("review failed and was passed over") for told in result.warnings)


def test_a_judge_that_gives_no_verdict_has_failed(make: Make) -> None:
    # The endless one never closes its verdict, and is cut.
    result = make({"review": by("endless", "praise", max_tokens=4)}).execute("coding", TASK)
    tried = phase(result, "review").tries
    assert [each.model for each in tried] == ["endless", "praise"]
    assert "gave no verdict" in tried[0].error
    assert (tried[0].code, tried[1].code) == ("engine_failed", "")
    assert result.accepted is True
    # What the first one wrote in vain was written, too.
    review = phase(result, "review")
    alone = phase(make({}).execute("coding", TASK, enable_phases=["review"]), "review")
    assert review.prompt_tokens > 1.5 * alone.prompt_tokens
    assert review.tokens_used == review.prompt_tokens + review.completion_tokens


def test_refinement_that_fails_leaves_the_generation(make: Make) -> None:
    phases = {
        "review": by("blame"),
        "refinement": by("refiner", instruction=TOO_LONG),
    }
    result = make(phases).execute("coding", TASK)
    assert states(result)[2:] == [("review", True), ("refinement", False)]
    assert (result.success, result.final_result, result.accepted) == (True, "The code", False)
    assert "The review still had objections: - It is too short." in result.warnings


def test_fallbacks_are_asked_in_order_and_each_try_is_recorded(make: Make, tmp_path: Path) -> None:
    executor = make({"generation": by("refiner", "endless", "coder", max_tokens=8)})
    stream = executor.stream("coding", TASK)  # matched while everybody was there
    (tmp_path / "refiner.gguf").unlink()
    (tmp_path / "random-32768.gguf").write_bytes(b"not a model")
    events = list(stream)
    generation = phase(result_of(events), "generation")
    assert [(each.model, each.code) for each in generation.tries] == [
        ("refiner", "model_unavailable"),
        ("endless", "model_file_invalid"),
        ("coder", ""),
    ]
    assert (generation.model_used, generation.result) == ("coder", "The code")
    failed = [event.model for event in of_kind(events, ModelFailed)]
    assert failed == ["refiner", "endless"]


def test_a_phase_that_takes_too_long_is_stopped(make: Make) -> None:
    clock = VirtualClock()
    executor = make({"planning": by("endless", max_tokens=16000)}, clock=clock)
    events: list[WorkflowEvent] = []
    for event in executor.stream("coding", TASK):
        if isinstance(event, PhaseToken):
            clock.advance(300)  # as it is configured
        events.append(event)
    result = result_of(events)
    planning = phase(result, "planning")
    assert (planning.success, planning.error_code) == (False, PhaseTimeout.code)
    assert "Phase execution timeout" in (planning.error or "")
    assert "workflow.phase_timeout_s" in PhaseTimeout("planning", 300.0).hint
    # What it had said until then is kept, and counted.
    assert planning.result
    assert planning.completion_tokens > 0
    assert [each.code for each in planning.tries] == [PhaseTimeout.code]
    assert not result.success


def test_an_agent_without_a_profile_is_told_who_has_one(make: Make) -> None:
    with pytest.raises(UnknownAgent, match="No profile for agent 'cooking'") as raised:
        make({}).execute("cooking", TASK)
    assert "coding_agent" in raised.value.hint


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"task_description": " "}, "task_description"),
        ({"task_parameters": {"complexity": "extreme"}}, "task_parameters.complexity"),
        ({"task_parameters": {"of": object()}}, "task_parameters"),
        ({"approve": ["validation"]}, "approve"),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_runs(
    make: Make, keys: dict[str, Any], key: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        make({}).execute(**{"agent_name": "coding", "task_description": TASK, **keys})
    assert raised.value.key == key


def test_a_check_that_nobody_knows_is_told_before_anything_runs(make: Make) -> None:
    with pytest.raises(InvalidInput, match="'spelling'"):
        make({"review": by("praise", checks=["spelling"])}).execute("coding", TASK)
