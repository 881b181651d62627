"""What an agent is to the workflow: its task, its models and its phases.

Owns the profile and how it is made from the configuration or from JSON; knows nothing of how
phases are run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import InvalidInput, UnknownAgent
from core.settings import Settings
from core.settings.workflow import AgentSettings, PhaseSettings
from core.workflow.phases import USUAL_AFTER, TaskPhase, in_order, task_phase

SHORT_FOR = "_agent"
"""`coding` is `coding_agent`."""


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """What an agent says of one of its phases; see `PhaseSettings`."""

    after: tuple[TaskPhase, ...] | None = None
    models: tuple[str, ...] = ()
    prompt_tokens: int | None = None
    max_tokens: int | None = None
    checks: tuple[str, ...] = ()
    instruction: str | None = None


@dataclass(slots=True)
class AgentTaskProfile:
    """One agent.

    Args:
        task_type: a task of `core.routing.TaskType`, or a word for people; then each task is
            what the classifier takes it for.
        preferred_models: configured models, names that their servers give them, or names of
            the catalogue (cloud_models.yaml), the best first.
        phases_needed: which phases there are; `phases` says more of some of them.
        requirements: of accuracy, creativity, reasoning and speed, what matters more.
        instruction: who the model is told to be.
    """

    agent_name: str
    task_type: str
    preferred_models: Sequence[str] = ()
    phases_needed: Sequence[TaskPhase] = tuple(TaskPhase)
    can_use_multiple_models: bool = True
    requirements: Sequence[str] = ()
    description: str = ""
    instruction: str = ""
    phases: Mapping[TaskPhase, PhaseSpec] = field(default_factory=dict)

    def spec(self, phase: TaskPhase) -> PhaseSpec:
        """What is said of `phase`; the usual where nothing is."""
        return self.phases.get(phase, PhaseSpec())

    def with_phases(self, enabled: Sequence[str] | None) -> AgentTaskProfile:
        """The same agent with these of its phases; None is all of them.

        Raises: InvalidInput, when one is none of its phases, or none is left.
        """
        if enabled is None:
            return self
        wanted = in_order(task_phase(name) for name in enabled)
        own = in_order(self.phases_needed)
        strangers = [phase for phase in wanted if phase not in own]
        if strangers or not wanted:
            raise InvalidInput(
                f"{self.agent_name} has no phase {strangers[0]}."
                if strangers
                else "No phase is enabled.",
                key="enable_phases",
                hint=f"It has {', '.join(own)}.",
            )
        return replace(self, phases_needed=wanted)

    def dependencies(self) -> dict[TaskPhase, frozenset[TaskPhase]]:
        """For each phase those whose output it is shown.

        One that was left out is replaced by what it would have been shown itself.
        """
        own = in_order(self.phases_needed)
        return {phase: self._shown(phase, own, frozenset()) for phase in own}

    def _shown(
        self, phase: TaskPhase, own: Sequence[TaskPhase], seen: frozenset[TaskPhase]
    ) -> frozenset[TaskPhase]:
        after = self.spec(phase).after
        shown: set[TaskPhase] = set()
        for each in USUAL_AFTER[phase] if after is None else after:
            if each in own:
                shown.add(each)
            elif each not in seen:
                shown |= self._shown(each, own, seen | {each})
        return frozenset(shown - {phase})

    @classmethod
    def from_settings(cls, name: str, agent: AgentSettings) -> AgentTaskProfile:
        """The agent that is configured as `workflow.agents.NAME`."""
        return cls(
            agent_name=name,
            task_type=agent.task_type,
            preferred_models=agent.preferred_models,
            phases_needed=in_order(map(TaskPhase, agent.phases)),
            can_use_multiple_models=agent.can_use_multiple_models,
            requirements=agent.requirements,
            description=agent.description,
            instruction=agent.instruction,
            phases={TaskPhase(phase): _spec(said) for phase, said in agent.phases.items()},
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> AgentTaskProfile:
        """What `dataclasses.asdict` made of one, after a way through JSON."""
        phases = {
            TaskPhase(phase): PhaseSpec(
                after=None if said["after"] is None else tuple(map(TaskPhase, said["after"])),
                models=tuple(said["models"]),
                prompt_tokens=said["prompt_tokens"],
                max_tokens=said["max_tokens"],
                checks=tuple(said["checks"]),
                instruction=said["instruction"],
            )
            for phase, said in values["phases"].items()
        }
        needed = tuple(map(TaskPhase, values["phases_needed"]))
        return cls(**{**values, "phases": phases, "phases_needed": needed})


def profiles_of(settings: Settings) -> dict[str, AgentTaskProfile]:
    """All agents that are configured, by name."""
    agents = settings.workflow.agents
    return {name: AgentTaskProfile.from_settings(name, agent) for name, agent in agents.items()}


def profile_named(name: str, profiles: Mapping[str, AgentTaskProfile]) -> AgentTaskProfile:
    """The profile of an agent, by its whole or its short name.

    Raises: UnknownAgent.
    """
    for each in (name, name + SHORT_FOR):
        if each in profiles:
            return profiles[each]
    raise UnknownAgent(name, profiles)


def _spec(said: PhaseSettings) -> PhaseSpec:
    return PhaseSpec(
        after=None if said.after is None else tuple(map(TaskPhase, said.after)),
        models=said.models,
        prompt_tokens=said.prompt_tokens,
        max_tokens=said.max_tokens,
        checks=said.checks,
        instruction=said.instruction,
    )
