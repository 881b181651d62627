"""What a task demands: how much thought, speed and invention.

Owns the reading of a task, by the classifier and by what its parameters say outright; knows
nothing of models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInput
from core.routing import Classifier
from core.routing.selection import TaskType
from core.routing.selection.scoring import MOST_WISH
from core.routing.token_budget import answer_tokens
from core.state import Language, Task
from core.workflow.profiles import AgentTaskProfile

LEVELS: Mapping[str, float] = {"low": 0.1, "medium": 0.5, "high": 0.9}
REQUIRED = 0.3
"""So much more of what an agent requires, of 1."""


@dataclass(frozen=True, slots=True)
class Demands:
    """Each in [0, 1]. `task` is what models are chosen by, `tokens` the longest answer."""

    complexity: float
    speed: float
    creativity: float
    task: TaskType
    kind: Task
    language: Language
    tokens: int

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Demands:
        """What was written as plain values."""
        return cls(**{**values, "task": TaskType(values["task"])})

    def speed_wish(self, more: float = 0.0) -> float:
        """Of 10: hurried and simple tasks want the quickest model."""
        return _wish(max(self.speed, 1 - self.complexity) + more)

    def quality_wish(self, more: float = 0.0) -> float:
        """Of 10: hard tasks want the best model."""
        return _wish(self.complexity + more)

    @property
    def temperature(self) -> float:
        """Of a draft: 0.2 where nothing is to be invented, 0.8 where everything is."""
        return round(0.2 + 0.6 * self.creativity, 2)


def demands_of(
    profile: AgentTaskProfile,
    description: str,
    parameters: Mapping[str, Any],
    classifier: Classifier,
) -> Demands:
    """What the classifier reads in the task, and in its place what `complexity`, `speed` and
    `creativity` of the parameters say: low, medium, high or a number from 0 to 1.

    Raises: InvalidInput, for another value of those.
    """
    found = classifier.classify(description)
    required = set(profile.requirements)
    complexity = _said(parameters, "complexity", found.hard)
    speed = _said(parameters, "speed", found.urgency)
    return Demands(
        complexity=complexity,
        speed=speed,
        creativity=min(
            1.0,
            _said(parameters, "creativity", found.creativity)
            + REQUIRED * ("creativity" in required),
        ),
        task=_task(profile, found.task),
        kind=found.task,
        language=found.language,
        tokens=answer_tokens(complexity, found.task, urgency=speed),
    )


def _task(profile: AgentTaskProfile, classified: Task) -> TaskType:
    known = profile.task_type in set(TaskType)
    return TaskType(profile.task_type if known else classified)


def _said(parameters: Mapping[str, Any], key: str, otherwise: float) -> float:
    value = parameters.get(key)
    if value is None:
        return otherwise
    if isinstance(value, str) and value.lower() in LEVELS:
        return LEVELS[value.lower()]
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise InvalidInput(
        f"{key} is {value!r}.",
        key=f"task_parameters.{key}",
        hint="Give low, medium, high, or a number from 0 to 1.",
    )


def _wish(share: float) -> float:
    return MOST_WISH * min(1.0, max(0.0, share))
