"""Which model does which task.

Owns the section `selection`; the shipped tables and the weighing are `core.routing`'s.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.settings.section import Section
from core.state import DeveloperTask, Task

StrategyName = Literal["balanced", "quality", "fast", "low_ram", "single", "auto"]


class SelectionSettings(Section):
    """Which model is chosen for a task, where the caller asks for a choice.

    `strategies` are tables of task -> model, over the shipped ones of the same name.
    """

    strategy: str = "balanced"
    model_override: str | None = None  # this model for every task
    fallback_model: str | None = None  # when the table's model cannot be used
    strategies: dict[str, dict[Task | DeveloperTask, str]] = Field(default_factory=dict)
