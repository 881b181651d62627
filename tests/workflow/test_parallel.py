"""Independent phases really run at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cancellation import Cancellation
from core.errors import Cancelled
from core.workflow import PhaseFinished, PhaseStarted, PhaseToken
from tests.workflow.world import TASK, agent, by, executor_with

ENDLESS = by("endless", max_tokens=16000)
AGENTS = {"busy_agent": agent({"planning": ENDLESS, "research": ENDLESS})}


def test_two_phases_speak_before_either_is_done(tmp_path: Path) -> None:
    cancel = Cancellation()
    speaking: set[str] = set()
    with executor_with(tmp_path, AGENTS) as executor, pytest.raises(Cancelled):
        for event in executor.stream("busy", TASK, cancel=cancel):
            assert not isinstance(event, PhaseFinished)
            if isinstance(event, PhaseToken):
                speaking.add(event.phase)
            if speaking == {"planning", "research"}:
                cancel.cancel()
    assert speaking == {"planning", "research"}


def test_with_one_at_a_time_the_second_waits(tmp_path: Path) -> None:
    short = by("endless", max_tokens=8)
    agents = {"busy_agent": agent({"planning": short, "research": short})}
    with executor_with(tmp_path, agents, max_parallel_phases=1) as executor:
        events = list(executor.stream("busy", TASK))
    order = [type(e).__name__ for e in events if isinstance(e, PhaseStarted | PhaseFinished)]
    assert order == ["PhaseStarted", "PhaseFinished"] * 2
