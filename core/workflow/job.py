"""One piece of work, with all that decides how it goes; it can be written down and read again.

Owns the job and its JSON, so that a run survives the process that began it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInput
from core.workflow.phases import TaskPhase
from core.workflow.plain import plain
from core.workflow.plan import Dependencies, Plan, ordered
from core.workflow.profiles import AgentTaskProfile
from core.workflow.progress import Progress
from core.workflow.results import PhaseResult
from core.workflow.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done, by whom and in which order.

    Args:
        approve: phases that wait for a person's word.
        cache_key: under which the result is kept; None keeps none.
        started_s: seconds of the epoch.
    """

    run_id: str
    description: str
    parameters: Mapping[str, Any]
    profile: AgentTaskProfile
    strategy: Strategy
    plan: Plan
    max_refinements: int
    phase_timeout_s: float
    approve: tuple[TaskPhase, ...]
    cache_key: str | None
    started_s: float

    def waits_for(self) -> Dependencies:
        """For each phase who has to be done before it starts."""
        return self.plan.waits_for(ordered(self.profile.dependencies()))

    def progress(self, results: Sequence[PhaseResult]) -> Progress:
        """How far these results are."""
        return Progress(results, self.max_refinements, self.phase_timeout_s)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Job:
        """The opposite of `as_dict`, also after a way through JSON."""
        plan = values["plan"]
        waves = tuple(tuple(map(TaskPhase, wave)) for wave in plan["waves"])
        return cls(
            **{
                **values,
                "profile": AgentTaskProfile.from_json(values["profile"]),
                "strategy": Strategy.from_dict(values["strategy"]),
                "plan": Plan(waves, plan["loads"]),
                "approve": tuple(map(TaskPhase, values["approve"])),
            }
        )


def checked_approvals(names: Sequence[str], profile: AgentTaskProfile) -> tuple[TaskPhase, ...]:
    """The phases to wait before.

    Raises: InvalidInput, for one that the agent does not have.
    """
    own = tuple(profile.phases_needed)
    for name in names:
        if name not in own:
            raise InvalidInput(
                f"{profile.agent_name} has no phase {name!r} to wait before.",
                key="approve",
                hint=f"It has {', '.join(own)}.",
            )
    return tuple(map(TaskPhase, names))
