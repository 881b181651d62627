"""Reviews that send back, until their verdict passes or it was often enough."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.workflow import PhaseStarted
from tests.openai_emulator import EmulatedModel, OpenAIEmulator
from tests.workflow.world import (
    CODING,
    FAIL,
    PASS,
    TASK,
    agent,
    by,
    executor_with,
    of_kind,
    phase,
    result_of,
    states,
)

SHORT = {name: said for name, said in CODING.items() if name != "planning"}


@dataclass(frozen=True)
class Judge(EmulatedModel):
    """Gives these verdicts, one after the other."""

    verdicts: deque[bytes] = field(default_factory=deque)

    def answer(self, body: dict[str, Any]) -> str:
        return self.verdicts.popleft().decode()


@pytest.fixture
def judge() -> Judge:
    return Judge("judge")


@pytest.fixture
def served(judge: Judge) -> Iterator[dict[str, Any]]:
    """Settings with the judge on a server that wants money for it."""
    with OpenAIEmulator([judge]) as server:
        yield {
            "openai": {"servers": {"court": {"base_url": server.base_url}}},
            "models": {
                "judge": {
                    "name": "Judge",
                    "engine": "openai_http",
                    "openai_server": "court",
                    "openai_model": "judge",
                    "price_per_million_input_tokens": 2.0,
                    "price_per_million_output_tokens": 8.0,
                    "price_currency": "EUR",
                }
            },
        }


JUDGED = {"short_agent": agent({**SHORT, "review": by("judge")})}


def test_it_is_refined_until_the_verdict_passes(
    tmp_path: Path, judge: Judge, served: dict[str, Any]
) -> None:
    judge.verdicts.extend([FAIL, PASS])
    with executor_with(tmp_path, JUDGED, sections=served) as executor:
        events = list(executor.stream("short", TASK))
    result = result_of(events)
    assert [each[0] for each in states(result)] == [
        "generation",
        "review",
        "refinement",
        "review",
    ]
    rounds = [(each.phase, each.round) for each in of_kind(events, PhaseStarted)]
    assert rounds[1:] == [("review", 1), ("refinement", 1), ("review", 2)]
    assert (result.final_result, result.accepted) == ("Better code", True)
    assert not judge.verdicts


def test_what_a_server_takes_money_for_is_counted(
    tmp_path: Path, judge: Judge, served: dict[str, Any]
) -> None:
    judge.verdicts.append(PASS)
    with executor_with(tmp_path, JUDGED, sections=served) as executor:
        result = executor.execute("short", TASK)
    review = phase(result, "review")
    assert (review.provider_used, review.currency, review.memory_gb_s) == ("court", "EUR", None)
    assert review.cost is not None
    assert review.cost > review.completion_tokens * 8e-6 > 0
    assert result.total_cost == review.cost
    assert result.costs == {"EUR": review.cost}


@pytest.mark.parametrize("most", [0, 1, 2])
def test_it_is_sent_back_so_often_and_no_more(tmp_path: Path, most: int) -> None:
    agents = {"short_agent": agent({**SHORT, "review": by("blame")})}
    with executor_with(tmp_path, agents, max_refinements=most) as executor:
        result = executor.execute("short", TASK)
    ran = [each[0] for each in states(result)][1:]
    # After the last refinement no verdict could change anything, so none is asked for.
    assert ran == ["review", *["refinement", "review"] * most][: max(1, 2 * most)]
    assert result.accepted is (None if most else False)
    assert result.success


def test_what_follows_a_refinement_waits_for_the_last_one(tmp_path: Path) -> None:
    phases = {**SHORT, "review": by("blame"), "validation": by("praise")}
    with executor_with(tmp_path, {"short_agent": agent(phases)}) as executor:
        result = executor.execute("short", TASK)
    assert [each[0] for each in states(result)][1:] == [
        "review",
        "refinement",
        "review",
        "refinement",
        "validation",
    ]
    assert (result.final_result, result.accepted) == ("Better code", True)


def test_what_passes_goes_past_the_refinement(tmp_path: Path) -> None:
    phases = {**SHORT, "validation": by("praise")}
    with executor_with(tmp_path, {"short_agent": agent(phases)}) as executor:
        result = executor.execute("short", TASK)
    assert [each[0] for each in states(result)][1:] == ["review", "validation"]
