"""Runs that were killed, cancelled or told to wait, and that go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.cancellation import Cancellation
from core.errors import Cancelled, InvalidInput, RunInProgress
from core.storage.folder import open_data_folder
from core.workflow import PhaseStarted, PhaseToken, WorkflowStarted
from tests.workflow.world import (
    CODING,
    TASK,
    agent,
    by,
    configuration,
    executor_with,
    of_kind,
    result_of,
    states,
    write_settings,
)

ROOT = Path(__file__).parent.parent.parent
SLOW = by("endless", max_tokens=400)
AGENTS: dict[str, dict[str, Any]] = {
    "coding_agent": agent({**CODING, "generation": SLOW}),
    "parallel_agent": agent(
        {"planning": by("planner"), "research": SLOW, "generation": by("coder")}
    ),
}


@contextmanager
def standing_still(folder: Path, name: str, *run_id: str) -> Iterator[int]:
    """A process, by its id, that is in the middle of the phase after the planning; killed at the
    end."""
    settings = write_settings(folder / "own.yaml", configuration(folder, AGENTS, {}))
    command = [
        sys.executable,
        "-m",
        "tests.workflow.killed_run",
        str(settings),
        str(folder / "data"),
        name,
        *run_id,
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "standing still\n"
            yield process.pid
        finally:
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL


def start_and_kill(folder: Path, name: str) -> None:
    with standing_still(folder, name):
        pass


@pytest.mark.parametrize(
    ("name", "left"),
    [("coding_agent", ["generation", "review"]), ("parallel_agent", ["research", "generation"])],
)
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, name: str, left: list[str]) -> None:
    start_and_kill(tmp_path, name)
    with executor_with(tmp_path, AGENTS, data=open_data_folder(tmp_path / "data")) as executor:
        (run,) = executor.unfinished()
        assert (run.job.description, run.job.profile.agent_name) == (TASK, name)
        assert [each.phase for each in run.results] == ["planning"]
        events = list(executor.stream_resumed(run.job.run_id))
        started, result = events[0], result_of(events)
        assert isinstance(started, WorkflowStarted)
        assert [each.phase for each in started.done] == ["planning"]
        assert [each.phase for each in of_kind(events, PhaseStarted)] == left
        assert [each[0] for each in states(result)] == ["planning", *left]
        assert (result.success, result.run_id) == (True, run.job.run_id)
        assert executor.unfinished() == []
        with pytest.raises(InvalidInput, match="no unfinished run"):
            executor.resume(run.job.run_id)


@pytest.mark.parametrize("gone_on", [False, True], ids=["begun there", "gone on with there"])
def test_a_run_belongs_to_the_process_that_carries_it_out(tmp_path: Path, gone_on: bool) -> None:
    name = "coding_agent"
    run_ids: list[str] = []
    if gone_on:
        start_and_kill(tmp_path, name)
        run_ids = [path.stem for path in (tmp_path / "data" / "runs").iterdir()]
        assert len(run_ids) == 1
    with executor_with(tmp_path, AGENTS, data=open_data_folder(tmp_path / "data")) as executor:
        with standing_still(tmp_path, name, *run_ids) as process_id:
            (run,) = executor.unfinished()
            run_id = run.job.run_id
            assert executor.in_progress(run_id)
            for use in (executor.resume, executor.discard):
                with pytest.raises(RunInProgress, match=f"by the process {process_id}") as told:
                    use(run_id)
                assert "can be resumed" in told.value.hint
        assert not executor.in_progress(run_id)
        assert executor.resume(run_id).success
        assert list((tmp_path / "data" / "runs").iterdir()) == []


def test_two_threads_do_not_carry_out_the_same_run(tmp_path: Path) -> None:
    with executor_with(tmp_path, AGENTS) as executor:
        events = executor.stream("coding", TASK)
        started = next(events)
        assert isinstance(started, WorkflowStarted)
        while not isinstance(next(events), PhaseToken):
            pass
        with pytest.raises(RunInProgress):
            executor.resume(started.run_id)
        events.close()  # type: ignore[attr-defined]  # it is a generator
        assert executor.resume(started.run_id).success


def test_a_run_whose_model_is_gone_says_so(tmp_path: Path) -> None:
    data = open_data_folder(tmp_path / "data")
    with executor_with(tmp_path, {"coding_agent": agent(CODING)}, data=data) as executor:
        run_id = executor.execute("coding", TASK, approve=["generation"]).run_id
    other = {"coding_agent": agent({"generation": by("planner")})}
    with executor_with(tmp_path, other, data=data) as executor:
        with pytest.raises(InvalidInput, match="not configured any more"):
            executor.resume(run_id)
        assert len(executor.unfinished()) == 1


def test_a_cancelled_run_can_be_resumed(tmp_path: Path) -> None:
    cancel = Cancellation()
    with executor_with(tmp_path, AGENTS) as executor:
        with pytest.raises(Cancelled):
            for event in executor.stream("coding", TASK, cancel=cancel):
                if isinstance(event, PhaseToken) and event.phase == "generation":
                    cancel.cancel()
        (run,) = executor.unfinished()
        assert executor.resume(run.job.run_id).success


def test_leaving_the_loop_stops_the_models_and_keeps_the_run(tmp_path: Path) -> None:
    with executor_with(tmp_path, AGENTS) as executor:
        for event in executor.stream("coding", TASK):
            if isinstance(event, PhaseToken) and event.phase == "generation":
                break
        (run,) = executor.unfinished()
        executor.discard(run.job.run_id)
        assert executor.unfinished() == []
        with pytest.raises(InvalidInput, match="no unfinished run"):
            executor.discard(run.job.run_id)


def test_a_phase_waits_for_a_persons_word(tmp_path: Path) -> None:
    agents = {"coding_agent": agent(CODING)}
    with executor_with(tmp_path, agents) as executor:
        asked = executor.execute("coding", TASK, approve=["generation", "review"])
        assert (asked.pending, asked.success) == (["generation"], False)
        assert (states(asked), asked.final_result) == ([("planning", True)], "The plan")
        again = executor.resume(asked.run_id)
        assert again.pending == ["review"]
        done = executor.resume(asked.run_id)
        assert (done.pending, done.success) == ([], True)
        assert [each[0] for each in states(done)] == ["planning", "generation", "review"]
