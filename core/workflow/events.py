"""What work in phases tells its audience while it goes on.

Owns the event types; knows nothing of who listens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.workflow.results import MultiModelResult, PhaseResult


@dataclass(frozen=True, slots=True)
class WorkflowStarted:
    """The work begins, or goes on. `strategy` is what the matcher gave, `waves` the order: all
    phases of a wave run at once. `done` are the results of a run that is resumed."""

    run_id: str
    agent_name: str
    strategy: dict[str, Any]
    waves: tuple[tuple[str, ...], ...]
    done: tuple[PhaseResult, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase begins, for the `round`-th time, with `model` to be asked first."""

    phase: str
    round: int
    model: str


@dataclass(frozen=True, slots=True)
class PhaseToken:
    """The next piece of a phase's answer."""

    phase: str
    text: str


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """A model could not do it; all pieces of this phase so far are void."""

    phase: str
    model: str
    error: str


@dataclass(frozen=True, slots=True)
class PhaseFinished:
    """A phase ended, well or not."""

    result: PhaseResult


@dataclass(frozen=True, slots=True)
class PhaseSkipped:
    """A phase was not run."""

    phase: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkflowFinished:
    """The last event: the result, which may wait for approval (`pending`)."""

    result: MultiModelResult


WorkflowEvent = (
    WorkflowStarted
    | PhaseStarted
    | PhaseToken
    | ModelFailed
    | PhaseFinished
    | PhaseSkipped
    | WorkflowFinished
)
