"""Tasks done in phases by real models, as the results tell it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from core.workflow import (
    AgentTaskProfile,
    MultiModelExecutor,
    MultiModelResult,
    PhaseFinished,
    PhaseStarted,
    PhaseToken,
    TaskPhase,
    WorkflowFinished,
    WorkflowStarted,
)
from core.workflow.research import Findings
from tests.workflow.world import CODING, TASK, agent, by, executor_with, of_kind, phase, states

AGENTS = {
    "coding_agent": agent(CODING, preferred_models=["coder"]),
    "checked_agent": agent(
        {"generation": by("coder"), "validation": by("praise", checks=["python_syntax"])}
    ),
    "same_agent": agent({"planning": by("coder"), "generation": by("coder")}),
    "knowing_agent": agent({"research": by("planner"), "generation": by("coder")}),
}


def search(query: str) -> Findings:
    return Findings("[1] notes.md:1-2\n> Leases expire.", warnings=("One file was skipped.",))


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MultiModelExecutor]:
    folder = tmp_path_factory.mktemp("running")
    with executor_with(folder, AGENTS, search=search, cache=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def coded(executor: MultiModelExecutor) -> MultiModelResult:
    return asyncio.run(
        executor.execute_with_multi_model(
            agent_name="coding_agent",
            task_description=TASK,
            task_parameters={"language": "go", "framework": "none"},
        )
    )


def test_each_phase_is_done_by_its_model(coded: MultiModelResult) -> None:
    assert coded.success
    assert (coded.strategy_type, coded.error, coded.pending) == ("multi_model", None, [])
    assert states(coded) == [("planning", True), ("generation", True), ("review", True)]
    assert coded.models_used == ["planner", "coder", "praise"]
    assert (coded.final_result, coded.accepted) == ("The code", True)
    assert (coded.total_phases, coded.successful_phases) == (3, 3)


def test_tokens_seconds_and_memory_are_those_that_it_took(coded: MultiModelResult) -> None:
    for each in coded.phase_results:
        assert each.prompt_tokens > each.completion_tokens > 0
        assert each.tokens_used == each.prompt_tokens + each.completion_tokens
        assert each.execution_time > 0
        assert each.memory_mb is not None
        assert each.memory_gb_s is not None
        assert 0 < each.memory_gb_s <= each.execution_time * each.memory_mb * 2**20 / 1e9
        assert (each.provider_used, each.cost, each.error) == ("llama", 0.0, None)
        assert [tried.model for tried in each.tries] == [each.model_used]
    assert coded.total_tokens_used == sum(each.tokens_used for each in coded.phase_results)
    assert (coded.total_cost, coded.costs) == (0.0, {})
    assert coded.total_execution_time >= sum(each.execution_time for each in coded.phase_results)


def test_a_later_phase_is_shown_what_it_depends_on(
    coded: MultiModelResult, executor: MultiModelExecutor
) -> None:
    parameters = {"language": "go", "framework": "none"}
    alone = executor.execute("coding", TASK, parameters, enable_phases=["generation"])
    shown = phase(coded, "generation").prompt_tokens - phase(alone, "generation").prompt_tokens
    assert shown >= len("The plan")  # a token for each letter
    assert phase(coded, "review").result == {"passed": True, "problems": []}


def test_the_whole_result_is_json(coded: MultiModelResult) -> None:
    told = json.loads(json.dumps(coded.as_dict()))
    assert told["success"] is True
    assert told["phase_results"][2]["result"]["passed"] is True
    assert MultiModelResult.from_dict(told) == coded


def test_phases_on_one_model_share_the_beginning_of_their_prompts(
    executor: MultiModelExecutor,
) -> None:
    result = executor.execute("same", TASK)
    planning, generation = result.phase_results
    # All of the system message, in which the task stands, and what frames it.
    assert generation.reused_tokens > len(TASK)
    assert planning.reused_tokens <= planning.prompt_tokens


def test_only_enabled_phases_run(executor: MultiModelExecutor) -> None:
    result = executor.execute("coding", TASK, enable_phases=["planning", "generation"])
    assert states(result) == [("planning", True), ("generation", True)]
    assert result.accepted is None


def test_what_happens_is_told_as_it_happens(executor: MultiModelExecutor) -> None:
    events = list(executor.stream("coding", TASK))
    assert isinstance(events[0], WorkflowStarted)
    assert events[0].waves == (("planning",), ("generation",), ("review",), ("refinement",))
    assert isinstance(events[-1], WorkflowFinished)
    started = of_kind(events, PhaseStarted)
    assert [(each.phase, each.round, each.model) for each in started] == [
        ("planning", 1, "planner"),
        ("generation", 1, "coder"),
        ("review", 1, "praise"),
    ]
    words = "".join(e.text for e in of_kind(events, PhaseToken) if e.phase == "generation")
    assert words == "The code"
    assert [e.result for e in of_kind(events, PhaseFinished)] == events[-1].result.phase_results


def test_the_same_piece_by_piece_in_a_coroutine(executor: MultiModelExecutor) -> None:
    async def phases() -> list[str]:
        events = executor.astream("coding", TASK, enable_phases=["planning", "generation"])
        return [event.phase async for event in events if isinstance(event, PhaseStarted)]

    assert asyncio.run(phases()) == ["planning", "generation"]


def test_research_asks_the_documents_and_says_what_it_did_not_see(
    executor: MultiModelExecutor,
) -> None:
    result = executor.execute("knowing", TASK)
    research = phase(result, "research")
    assert research.warnings == ("One file was skipped.",)
    assert result.warnings == ["research: One file was skipped."]
    assert research.prompt_tokens > phase(result, "generation").prompt_tokens


def test_checks_that_a_profile_names_decide_without_a_model(
    executor: MultiModelExecutor,
) -> None:
    result = executor.execute("checked", TASK, {"language": "python"})
    validation = phase(result, "validation")
    assert (validation.model_used, validation.success, validation.tries) == ("", True, ())
    assert validation.result["passed"] is False
    assert "line 1" in validation.result["problems"][0]
    assert (result.success, result.accepted, result.final_result) == (False, False, "The code")
    # In a language that the check does not know the model decides.
    other = executor.execute("checked", TASK, {"language": "go"})
    assert (other.success, phase(other, "validation").model_used) == (True, "praise")


def test_an_agent_made_in_python_is_used_at_once(executor: MultiModelExecutor) -> None:
    executor.matcher.agent_profiles["custom_agent"] = AgentTaskProfile(
        agent_name="custom_agent",
        task_type="custom",
        preferred_models=["coder"],
        phases_needed=[TaskPhase.GENERATION],
        can_use_multiple_models=False,
    )
    result = executor.execute("custom_agent", TASK)
    assert (result.strategy_type, result.models_used) == ("single_model", ["coder"])
