"""Profiles of agents: shipped, written in YAML, made in Python."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

import pytest

from core.errors import InvalidInput
from core.settings import load_settings
from core.settings.lookup import defaults_file
from core.workflow import AgentTaskProfile, PhaseSpec, TaskPhase
from core.workflow.catalogue import cloud_models
from core.workflow.plain import plain

P = TaskPhase
SHIPPED = {
    name: AgentTaskProfile.from_settings(name, agent)
    for name, agent in load_settings(defaults_file(), environ={}).workflow.agents.items()
}


@pytest.mark.parametrize(
    ("name", "phases"),
    [
        ("coding_agent", [P.PLANNING, P.GENERATION, P.REVIEW, P.REFINEMENT]),
        ("database_agent", [P.PLANNING, P.GENERATION, P.VALIDATION]),
        ("analysis_agent", [P.RESEARCH, P.GENERATION, P.REVIEW, P.VALIDATION]),
        ("web_scraping_agent", [P.PLANNING, P.GENERATION, P.VALIDATION]),
        ("documentation_agent", [P.RESEARCH, P.GENERATION, P.REVIEW, P.REFINEMENT]),
    ],
)
def test_the_shipped_agents_have_their_phases_and_models(
    name: str, phases: list[TaskPhase]
) -> None:
    profile = SHIPPED[name]
    assert list(profile.phases_needed) == phases
    assert profile.preferred_models
    for preferred in profile.preferred_models:
        assert cloud_models().class_of(preferred) is not None, preferred


def test_the_usual_dependencies_are_not_an_order() -> None:
    shown = AgentTaskProfile("mine", "coding").dependencies()
    assert shown[P.PLANNING] == shown[P.RESEARCH] == frozenset()
    assert shown[P.GENERATION] == {P.PLANNING, P.RESEARCH}
    assert shown[P.VALIDATION] == {P.GENERATION, P.REFINEMENT}


def test_what_is_left_out_hands_on_what_it_was_shown() -> None:
    left = SHIPPED["coding_agent"].with_phases(["planning", "refinement"])
    assert left.dependencies() == {P.PLANNING: frozenset(), P.REFINEMENT: {P.PLANNING}}


def test_an_agent_says_its_own_dependencies() -> None:
    profile = AgentTaskProfile(
        "mine",
        "coding",
        phases_needed=[P.PLANNING, P.RESEARCH],
        phases={P.RESEARCH: PhaseSpec(after=(P.PLANNING,))},
    )
    assert profile.dependencies()[P.RESEARCH] == {P.PLANNING}


@pytest.mark.parametrize("enabled", [["validation"], ["planing"], []])
def test_phases_that_an_agent_has_not_are_an_error(enabled: list[str]) -> None:
    with pytest.raises(InvalidInput) as raised:
        SHIPPED["coding_agent"].with_phases(enabled)
    assert raised.value.key == "enable_phases"
    assert "planning" in raised.value.hint


@pytest.mark.parametrize("name", SHIPPED)
def test_a_profile_survives_being_written_down(name: str) -> None:
    written = plain(cast("Any", SHIPPED[name]))
    assert AgentTaskProfile.from_json(written).dependencies() == SHIPPED[name].dependencies()
    assert plain(cast("Any", AgentTaskProfile.from_json(written))) == written
    assert asdict(SHIPPED[name])["agent_name"] == name
