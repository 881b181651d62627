"""Agents and tasks matched to models: by preference, by kind, by weights, by history."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidInput
from core.feedback.log import FeedbackLog
from core.routing.selection import Outcome
from core.settings import load_settings
from core.settings.lookup import defaults_file
from core.storage.database import Database
from core.workflow import AgentModelMatcher, AgentTaskProfile, MultiModelExecutor, TaskPhase
from core.workflow.history import History, outcomes_of
from core.workflow.results import PhaseResult, Try
from core.workflow.store import open_store
from tests.feedback.turns import turn
from tests.openai_emulator import EmulatedModel, OpenAIEmulator
from tests.workflow.world import TASK, agent, by, executor_with, model

PLAIN = {
    "coding_agent": agent(
        {"planning": by("planner"), "generation": {}, "review": by("praise")},
        preferred_models=["codestral", "coder"],
    ),
    "cloud_agent": agent({"generation": {}}, preferred_models=["codestral", "gpt-4o"]),
    "other_agent": agent({"generation": by("coder"), "validation": by("blame")}),
}


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MultiModelExecutor]:
    with executor_with(tmp_path_factory.mktemp("matching"), PLAIN, simple_below=0.3) as opened:
        yield opened


@pytest.fixture
def matcher(executor: MultiModelExecutor) -> AgentModelMatcher:
    return executor.matcher


def test_a_strategy_has_its_shape(matcher: AgentModelMatcher) -> None:
    strategy = asyncio.run(
        matcher.match_agent_to_models("coding_agent", TASK, {"complexity": "high"})
    )
    assert strategy["strategy_type"] == "multi_model"
    # What is said of a shipped agent is laid over it, so that it keeps its refinement.
    assert [each["phase"] for each in strategy["phases"]] == [
        *("planning", "generation", "review", "refinement")
    ]
    for each in strategy["phases"]:
        assert set(each["primary_model"]) == {"provider", "model", "score"}
        assert each["reason"]
        assert each["primary_model"] not in each["fallback_models"]
    generation = strategy["phases"][1]
    # Codestral is not configured here, so the next one that is preferred does it.
    assert generation["primary_model"]["model"] == "coder"
    assert generation["reason"] == "coding_agent prefers it."


def test_a_simple_task_gets_one_model_and_one_phase(matcher: AgentModelMatcher) -> None:
    strategy = matcher.match("coding", TASK, {"complexity": "low"}).as_dict()
    assert strategy["strategy_type"] == "single_model"
    assert strategy["model"]["model"] == "coder"
    assert [each["phase"] for each in strategy["phases"]] == ["generation"]
    enabled = matcher.match("coding", TASK, {"complexity": 0}, ["planning", "generation"])
    assert [(c.phase, c.primary_model.model) for c in enabled.phases] == [
        ("planning", "coder"),
        ("generation", "coder"),
    ]


def test_the_classifier_tells_what_the_parameters_do_not(matcher: AgentModelMatcher) -> None:
    hard, easy = matcher.match("coding", TASK), matcher.match("coding", "hola")
    assert hard.demands.complexity > 0.5 > easy.demands.complexity
    assert (hard.strategy_type, easy.strategy_type) == ("multi_model", "single_model")


def test_a_preferred_model_of_the_cloud_gives_way_to_its_kind(
    matcher: AgentModelMatcher,
) -> None:
    (choice,) = matcher.match("cloud", TASK).phases
    assert choice.reason.startswith("codestral is not configured here; of its kind (code): Best")
    assert choice.primary_model.provider == "llama"


@pytest.mark.parametrize("key", ["", "secret"])
def test_a_model_of_the_cloud_is_asked_only_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    if key:
        monkeypatch.setenv("COURT_KEY", key)
    with OpenAIEmulator([EmulatedModel("codestral-latest")], api_key="secret") as server:
        served = {"base_url": server.base_url, "api_key_env": "COURT_KEY"}
        codestral = {
            "name": "Codestral",
            "engine": "openai_http",
            "openai_server": "mistral",
            "openai_model": "codestral-latest",
        }
        sections = {"openai": {"servers": {"mistral": served}}, "models": {"mine": codestral}}
        with executor_with(tmp_path, PLAIN, sections=sections) as opened:
            primary = opened.matcher.match("coding", TASK).choice(TaskPhase.GENERATION)
    found = (primary.primary_model.provider, primary.primary_model.model)
    assert (found == ("mistral", "mine")) is bool(key)
    assert key or found[0] == "llama"


@pytest.mark.parametrize(
    ("workflow", "reason"),
    [({"multi_model": False}, "multi_model is off"), ({"strategy": "single_model"}, "strategy is")],
)
def test_settings_can_ask_for_one_model(
    tmp_path: Path, workflow: dict[str, Any], reason: str
) -> None:
    with executor_with(tmp_path, PLAIN, **workflow) as opened:
        strategy = opened.matcher.match("coding", TASK)
    assert strategy.strategy_type == "single_model"
    assert reason in strategy.reason


def test_the_short_variables_are_settings() -> None:
    environ = {
        "ENABLE_MULTI_MODEL": "false",
        "DEFAULT_STRATEGY": "single_model",
        "MAX_PARALLEL_PHASES": "3",
        "PHASE_TIMEOUT": "60",
        "SARAI__WORKFLOW__PHASE_TIMEOUT_S": "90",
    }
    workflow = load_settings(defaults_file(), environ=environ).workflow
    assert (workflow.multi_model, workflow.strategy) == (False, "single_model")
    assert (workflow.max_parallel_phases, workflow.phase_timeout_s) == (3, 90)
    shipped = load_settings(defaults_file(), environ={}).workflow
    assert (shipped.max_parallel_phases, shipped.phase_timeout_s) == (2, 300)


def test_what_models_were_worth_moves_later_choices(tmp_path: Path) -> None:
    agents = {"free_agent": agent({"generation": {}}), "naming": agent({"review": by("coder")})}
    sections = {"models": {"twin": model(tmp_path / "coder.gguf")}}
    with executor_with(tmp_path, agents, sections=sections) as opened:
        history = History(open_store(opened.folder))
        for name, other in (("twin", "coder"), ("coder", "twin")):
            outcomes = [Outcome(name, "coding", 1.0), Outcome(other, "coding", 0.0)]
            history.record(outcomes * 60)
            (choice,) = opened.matcher.match("free", TASK).phases
            assert choice.primary_model.model == name


def test_what_was_said_of_answers_counts_too(tmp_path: Path) -> None:
    agents = {"free_agent": agent({"generation": {}}), "naming": agent({"review": by("coder")})}
    sections = {"models": {"twin": model(tmp_path / "coder.gguf")}}
    with executor_with(tmp_path, agents, sections=sections) as opened:
        assert opened.matcher.match("free", TASK).phases[0].primary_model.model == "coder"
        log = FeedbackLog(Database(opened.folder.database))
        for number in range(60):
            log.append(replace(turn(f"a{number}", signal="good"), model="twin"))
            log.append(replace(turn(f"b{number}", signal="bad"), model="coder"))
        assert opened.matcher.match("free", TASK).phases[0].primary_model.model == "twin"


def test_verdicts_and_faults_are_outcomes() -> None:
    def result(phase: str, value: Any, *tries: Try) -> PhaseResult:
        return PhaseResult(phase, tries[-1].model, "", True, value, 1, 1, tries=tries)

    crashed = Try("a", "llama", 1, "It died.", "engine_crashed")
    absent = Try("b", "llama", 1, "It is not installed.", "model_unavailable")
    drafted = result("generation", "x", crashed, absent, Try("c", "llama", 1))
    judged = result("review", {"passed": False, "problems": []}, Try("d", "llama", 1))
    assert list(outcomes_of([drafted, judged], "coding")) == [
        Outcome("a", "coding", 0.0),
        Outcome("c", "coding", 0.0, 0.5),
    ]


def test_the_history_forgets_the_oldest(tmp_path: Path) -> None:
    with executor_with(tmp_path, PLAIN) as opened:
        history = History(open_store(opened.folder), keep=3)
    for reward in (0.1, 0.2, 0.3, 0.4):
        history.record([Outcome("coder", "coding", reward)])
    assert [each.reward for each in history.outcomes({"coder"})] == [0.2, 0.3, 0.4]
    assert history.outcomes({"other"}) == []


def test_demands_beyond_their_range_are_an_error(matcher: AgentModelMatcher) -> None:
    with pytest.raises(InvalidInput, match="speed is 2"):
        matcher.match("coding", TASK, {"speed": 2})


def test_an_agent_of_python_needs_no_more_than_its_name_and_phases(
    matcher: AgentModelMatcher,
) -> None:
    matcher.agent_profiles["custom_agent"] = AgentTaskProfile(
        "custom_agent", "custom", phases_needed=[TaskPhase.GENERATION]
    )
    strategy = matcher.match("custom", TASK)
    assert (strategy.agent_name, strategy.demands.task) == ("custom_agent", strategy.demands.kind)
