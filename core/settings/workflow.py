"""Work in phases: how it runs, and the agents that are configured for it.

Owns the types; what a phase does is said in `core.workflow`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.settings.section import Section
from core.state import Phase

StrategyType = Literal["multi_model", "single_model"]
Requirement = Literal["accuracy", "creativity", "reasoning", "speed"]
Tokens = Annotated[int, Field(ge=1)]


class PhaseSettings(Section):
    """One phase of an agent.

    `after` are the phases whose outputs it is shown, and which it waits for; null are the usual
    ones. `prompt_tokens` bounds its whole prompt; null is the model's context. `checks` are
    tools that judge before the model does. `instruction` is told in place of the usual one.
    """

    after: tuple[Phase, ...] | None = None
    models: tuple[str, ...] = ()
    prompt_tokens: Tokens | None = None
    max_tokens: Tokens | None = None
    checks: tuple[str, ...] = ()
    instruction: str | None = None


class AgentSettings(Section):
    """An agent: what its tasks are, who is good at them, and the phases in which it works."""

    task_type: str
    description: str = ""
    preferred_models: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    can_use_multiple_models: bool = True
    instruction: str = ""
    phases: dict[Phase, PhaseSettings]

    @model_validator(mode="after")
    def _has_phases(self) -> Self:
        if not self.phases:
            raise ValueError("an agent needs a phase")
        return self


class WorkflowSettings(Section):
    """Work in phases. Below the difficulty `simple_below` one model answers at once."""

    multi_model: bool = True
    strategy: StrategyType = "multi_model"
    simple_below: float = Field(0.3, ge=0, le=1)
    max_parallel_phases: int = Field(2, ge=1)
    phase_timeout_s: float = Field(300.0, gt=0)
    max_refinements: int = Field(2, ge=0)
    cache: bool = True
    agents: dict[str, AgentSettings] = Field(default_factory=dict)
