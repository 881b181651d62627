"""`sarai run` and `sarai graph --agent`, called as the shell calls them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from core.interfaces.phase_tree import PhaseTree, shown
from core.workflow import (
    ModelFailed,
    PhaseFinished,
    PhaseResult,
    PhaseStarted,
    PhaseToken,
    WorkflowEvent,
    WorkflowStarted,
)
from tests.interfaces.conftest import Sarai
from tests.workflow.world import CODING, TASK, agent, by, configuration, write_settings


@pytest.fixture(autouse=True)
def _configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agents = {
        "coding_agent": agent(CODING),
        "failing_agent": agent({"generation": by("coder"), "validation": by("blame")}),
    }
    file = write_settings(tmp_path / "own.yaml", configuration(tmp_path, agents, {}))
    monkeypatch.setenv("SARAI_CONFIG", str(file))
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "home"))


def test_a_task_is_done_and_every_phase_is_told(sarai: Sarai) -> None:
    ended = sarai("run", "--agent", "coding", "--param", "language=go", TASK)
    assert (ended.code, ended.answer) == (0, "The code\n")
    lines = ended.about.splitlines()
    assert lines[0].startswith("coding_agent · multi model · ")
    assert lines[1].split()[:4] == ["planning", "done", "·", "planner"]
    assert "tokens" in lines[1]
    assert lines[3].endswith("passed")
    assert lines[-1].startswith("3 of 3 phases · ")
    assert (
        "of an earlier run"
        in sarai(*("run", "--agent", "coding", "--param", "language=go", TASK)).about
    )


def test_the_whole_result_for_programs(sarai: Sarai) -> None:
    ended = sarai("run", "--agent", "coding", "--phases", "planning,generation", "--json", TASK)
    told = json.loads(ended.answer)
    assert (ended.code, told["success"], told["final_result"]) == (0, True, "The code")
    assert [each["phase"] for each in told["phase_results"]] == ["planning", "generation"]


def test_a_result_that_does_not_pass_is_a_failure(sarai: Sarai) -> None:
    ended = sarai("run", "--agent", "failing", TASK)
    assert (ended.code, ended.answer) == (1, "The code\n")
    assert "validation failed: The result did not pass." in ended.about


def test_what_waits_for_a_word_is_listed_and_resumed(sarai: Sarai) -> None:
    waits = sarai("run", "--agent", "coding", "--approve", "generation", TASK)
    assert (waits.code, waits.answer) == (0, "")
    run_id = waits.about.split()[-1]
    assert "waits before generation" in waits.about
    listed = sarai("run", "--unfinished").answer
    assert listed.startswith(f"{run_id}  coding_agent  planning done  Design")
    assert sarai("run", "--resume", run_id).answer == "The code\n"
    assert sarai("run", "--unfinished").answer == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--agent", "cooking", TASK], "No profile for agent 'cooking'"),
        (["--agent", "coding"], "There is no task."),
        (["--agent", "coding", "--param", "language", TASK], "language=python"),
        (["--resume", "nothing"], "no unfinished run 'nothing'"),
    ],
)
def test_what_cannot_be_used_is_told(sarai: Sarai, arguments: list[str], told: str) -> None:
    ended = sarai("run", *arguments)
    assert ended.code == 2
    assert told in ended.about


def test_the_phases_of_an_agent_are_drawn(sarai: Sarai) -> None:
    drawn = sarai("graph", "--agent", "coding").answer
    for line in ("start", "planning --> generation", "generation --> review"):
        assert line in drawn
    for choice in ("review -.-> refinement", "refinement -.-> review", "review -.-> __end__"):
        assert choice in drawn
    assert "planning" in sarai("graph", "--agent", "coding", "--ascii").answer


def test_the_tree_lives_on_a_terminal() -> None:
    choice = {"phase": "generation", "primary_model": {"model": "refiner"}}
    strategy = {"strategy_type": "multi_model", "reason": "It is hard.", "phases": [choice]}
    result = PhaseResult("generation", "coder", "llama", True, "x", 1.25, 12, None)
    events: list[WorkflowEvent] = [
        WorkflowStarted("1", "coding_agent", strategy, (("generation",),)),
        PhaseStarted("generation", 1, "refiner"),
        PhaseToken("generation", "x"),
        ModelFailed("generation", "refiner", "It is gone."),
        PhaseFinished(result),
    ]
    now = [10.0]
    tree = PhaseTree(lambda: now[0])
    for event in events[:3]:
        tree.hear(event)
    now[0] = 12.0
    assert list(tree.lines())[1].split() == [
        *("generation", "running", "·", "refiner", "·", "2", "s", "·", "1", "tokens")
    ]
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    assert list(shown(iter(events), console)) == events
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert "refiner: It is gone." in written
    assert "1.2 s" in written
