"""What a series of tasks takes by a table: memory and time.

Owns the arithmetic; knows nothing of who decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

TOKENS_PER_TASK = 500
PIPELINE = ("analyze", "fix", "validate")
"""The steps that strategies are compared on."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What is known of one model; `None` where nobody knows.

    `memory_gb` is in GB (10^9 bytes). `measured` names the figures that were measured on this
    machine. `problem` says why it cannot be used here; empty when it can.
    """

    name: str
    memory_gb: float | None
    tokens_per_s: float | None
    quality_rating: float | None
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    max_tokens: int
    context_window: int
    measured: tuple[str, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A strategy and what the tasks of `tasks` take by it.

    Memory in GB (10^9 bytes), the largest model and the mean over the tasks; time in seconds
    for TOKENS_PER_TASK tokens each. `models` are the distinct ones. None: not known of one, or
    the table has nobody for a task.
    """

    name: str
    description: str
    mapping: Mapping[str, str]
    tasks: tuple[str, ...]
    models: tuple[str, ...]
    memory_peak_gb: float | None
    memory_mean_gb: float | None
    total_time_s: float | None


def strategy_info(
    name: str,
    description: str,
    mapping: Mapping[str, str],
    tasks: Sequence[str],
    config_of: Callable[[str], ModelConfig],
) -> StrategyInfo:
    """What `tasks`, one after the other, take by `mapping`."""
    named = [mapping.get(task) for task in tasks]
    used = [config_of(model) if model else None for model in named]
    memory = _all_known([config.memory_gb if config else None for config in used])
    speeds = _all_known([config.tokens_per_s if config else None for config in used])
    return StrategyInfo(
        name,
        description,
        dict(mapping),
        tuple(tasks),
        models=tuple(dict.fromkeys(config.name for config in used if config)),
        memory_peak_gb=max(memory) if memory else None,
        memory_mean_gb=sum(memory) / len(memory) if memory else None,
        total_time_s=sum(TOKENS_PER_TASK / speed for speed in speeds) if speeds else None,
    )


def _all_known(values: Sequence[float | None]) -> list[float]:
    """The values, or nothing when one is missing: a sum over some would mislead."""
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else []
