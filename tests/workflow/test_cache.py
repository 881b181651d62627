"""The same task again gets the result that it had, and nothing else counts as the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.workflow import MultiModelExecutor, PhaseStarted
from tests.tiny_models import scripted_text
from tests.workflow.world import TASK, TOO_LONG, agent, by, executor_with, of_kind

AGENTS = {
    "short_agent": agent({"planning": by("coder"), "generation": by("coder")}),
    "failing_agent": agent({"planning": by("coder"), "generation": by(instruction=TOO_LONG)}),
}


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[MultiModelExecutor]:
    with executor_with(tmp_path, AGENTS) as opened:
        yield opened


def test_a_result_is_given_again_without_a_model(executor: MultiModelExecutor) -> None:
    first = executor.execute("short", TASK, {"language": "go"})
    events = list(executor.stream("short", TASK, {"language": "go"}))
    again = executor.execute("short", TASK, {"language": "go"})
    assert of_kind(events, PhaseStarted) == []
    assert (first.cached, again.cached) == (False, True)
    assert (again.phase_results, again.run_id) == (first.phase_results, first.run_id)
    assert not executor.execute("short", TASK, {"language": "go"}, use_cache=False).cached


@pytest.mark.parametrize("what", ["task", "parameters", "phases", "profile", "model"])
def test_anything_else_is_another_task(
    executor: MultiModelExecutor, tmp_path: Path, what: str
) -> None:
    executor.execute("short", TASK, {"language": "go"})
    task, parameters, phases = TASK, {"language": "go"}, None
    match what:
        case "task":
            task += "."
        case "parameters":
            parameters = {"language": "c"}
        case "phases":
            phases = ["generation"]
        case "profile":
            executor.matcher.agent_profiles["short_agent"].instruction = "Be brief."
        case "model":
            scripted_text(tmp_path, (b"Other", b" code"), name="coder")
    assert not executor.execute("short", task, parameters, phases).cached


def test_failures_are_not_kept(executor: MultiModelExecutor) -> None:
    assert not executor.execute("failing", TASK).success
    assert not executor.execute("failing", TASK).cached
