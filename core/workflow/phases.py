"""The phases of a piece of work, and what is the same for every agent about each.

Owns their names, their usual order of dependence and which of them the work cannot do
without; knows nothing of agents or models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from core.errors import InvalidInput


class TaskPhase(StrEnum):
    """In the order in which their outputs are shown to later ones."""

    PLANNING = "planning"
    RESEARCH = "research"
    GENERATION = "generation"
    REVIEW = "review"
    REFINEMENT = "refinement"
    VALIDATION = "validation"


CRITICAL = frozenset({TaskPhase.PLANNING, TaskPhase.GENERATION})
"""When one of them fails, the work stops with what there is."""

DRAFTING = frozenset({TaskPhase.GENERATION, TaskPhase.REFINEMENT})
"""Their output is the work itself; the newest counts."""

JUDGING = frozenset({TaskPhase.REVIEW, TaskPhase.VALIDATION})
"""Their output is a verdict."""

USUAL_AFTER: Mapping[TaskPhase, tuple[TaskPhase, ...]] = {
    TaskPhase.PLANNING: (),
    TaskPhase.RESEARCH: (),
    TaskPhase.GENERATION: (TaskPhase.PLANNING, TaskPhase.RESEARCH),
    TaskPhase.REVIEW: (TaskPhase.RESEARCH, TaskPhase.GENERATION),
    TaskPhase.REFINEMENT: (TaskPhase.RESEARCH, TaskPhase.GENERATION, TaskPhase.REVIEW),
    TaskPhase.VALIDATION: (TaskPhase.GENERATION, TaskPhase.REFINEMENT),
}
"""What each is shown and waits for, where an agent says nothing else."""

FINAL = (
    TaskPhase.REFINEMENT,
    TaskPhase.GENERATION,
    TaskPhase.VALIDATION,
    TaskPhase.REVIEW,
    TaskPhase.RESEARCH,
    TaskPhase.PLANNING,
)
"""The first of them that gave an output gave the final result."""


def task_phase(name: str) -> TaskPhase:
    """The phase of this name.

    Raises: InvalidInput, when there is none.
    """
    try:
        return TaskPhase(name)
    except ValueError:
        raise InvalidInput(
            f"No phase is named {name!r}.",
            key="enable_phases",
            hint=f"There are {', '.join(TaskPhase)}.",
        ) from None


def in_order(phases: Iterable[TaskPhase]) -> tuple[TaskPhase, ...]:
    """Each once, as `TaskPhase` lists them."""
    wanted = set(phases)
    return tuple(phase for phase in TaskPhase if phase in wanted)
