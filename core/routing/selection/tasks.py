"""The tasks that a model is chosen for.

Owns their names; knows nothing of models.
"""

from __future__ import annotations

import difflib
from enum import StrEnum

from core.errors import InvalidInput


class TaskType(StrEnum):
    """The eight tasks of a text, then the five steps of mending a program."""

    CODING = "coding"
    REASONING = "reasoning"
    EXPLORATION = "exploration"
    WRITING = "writing"
    SIMPLE = "simple"
    ANALYSIS = "analysis"
    CREATIVE = "creative"
    RESEARCH = "research"
    ANALYZE = "analyze"
    FIX = "fix"
    VALIDATE = "validate"
    DOCUMENT = "document"
    TEST = "test"


def task_type(name: str) -> TaskType:
    """The task of this name.

    Raises: InvalidInput, when there is none.
    """
    try:
        return TaskType(name)
    except ValueError:
        near = difflib.get_close_matches(name, list(TaskType), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(TaskType)}."
        raise InvalidInput(f"No task is named {name!r}.", key="task", hint=hint) from None
