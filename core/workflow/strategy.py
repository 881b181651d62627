"""Who does which phase, and why.

Owns the values that a match gives and their form as plain dictionaries; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.settings.workflow import StrategyType
from core.workflow.demands import Demands
from core.workflow.phases import TaskPhase
from core.workflow.plain import plain


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A configured model. `score` is of 100; None where it was not compared with others."""

    provider: str
    model: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class PhaseChoice:
    """`fallback_models` are asked in their order when `primary_model` fails."""

    phase: TaskPhase
    primary_model: ModelChoice
    fallback_models: tuple[ModelChoice, ...]
    reason: str

    @property
    def models(self) -> tuple[str, ...]:
        """Everybody who is asked, in order."""
        return tuple(each.model for each in (self.primary_model, *self.fallback_models))

    def of(self, phase: TaskPhase) -> PhaseChoice:
        """The same models for another phase."""
        return replace(self, phase=phase)


@dataclass(frozen=True, slots=True)
class Strategy:
    """How one task is worked on. `reason` says why by several models or by one."""

    strategy_type: StrategyType
    agent_name: str
    demands: Demands
    phases: tuple[PhaseChoice, ...]
    reason: str

    def choice(self, phase: TaskPhase) -> PhaseChoice:
        """Who does `phase`."""
        return next(each for each in self.phases if each.phase == phase)

    def as_dict(self) -> dict[str, Any]:
        """Plain values; of a single model also `model` and its `fallback_models`."""
        values = plain(self)
        if self.strategy_type == "single_model":
            only = values["phases"][0]
            values["model"] = only["primary_model"]
            values["fallback_models"] = only["fallback_models"]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Strategy:
        """The opposite of `as_dict`, also after a way through JSON."""
        return cls(
            strategy_type=values["strategy_type"],
            agent_name=values["agent_name"],
            demands=Demands.from_dict(values["demands"]),
            phases=tuple(_choice(each) for each in values["phases"]),
            reason=values["reason"],
        )


def _choice(values: Mapping[str, Any]) -> PhaseChoice:
    return PhaseChoice(
        phase=TaskPhase(values["phase"]),
        primary_model=ModelChoice(**values["primary_model"]),
        fallback_models=tuple(ModelChoice(**each) for each in values["fallback_models"]),
        reason=values["reason"],
    )
