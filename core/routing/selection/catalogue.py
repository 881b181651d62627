"""The models that are known by name, and who is meant for what.

Owns the types and the reading of selection.yaml; decides nothing. Every figure here is
declared by somebody; `inventory` puts measured ones in their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from core.routing.selection.tasks import TaskType
from core.state import DeveloperTask, Task
from core.text.packaged import packaged_yaml

SELECTION_FILE = "selection.yaml"


@dataclass(frozen=True, slots=True)
class ModelCapabilities:
    """What is declared of a model; None where nobody said it.

    `strengths` and `weaknesses` are tasks, or words for people. Ratings are of 10,
    `memory_usage_gb` is in GB (10^9 bytes), `max_tokens` the longest answer and
    `context_window` prompt and answer together, in tokens.
    """

    max_tokens: int = 8192
    context_window: int = 8192
    strengths: Sequence[str] = ()
    weaknesses: Sequence[str] = ()
    speed_rating: float | None = None
    quality_rating: float | None = None
    memory_usage_gb: float | None = None
    tokens_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model for people (`name`), for its server (`model_id`), and what is declared of it."""

    name: str
    model_id: str
    provider: str = "ollama"
    capabilities: ModelCapabilities = ModelCapabilities()


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    memory_gb: float = Field(gt=0)
    tokens_per_s: float | None = Field(None, gt=0)
    speed_rating: float | None = Field(None, ge=1, le=10)
    quality_rating: float | None = Field(None, ge=1, le=10)
    max_tokens: int = 8192
    context_window: int
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]


class Strategy(BaseModel):
    """A table of task -> model, and what it is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    models: dict[TaskType, str]


class Shipped(BaseModel):
    """The whole of selection.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: dict[str, _Entry]
    rules: dict[TaskType, tuple[str, ...]]
    strategies: dict[str, Strategy]

    def local_models(self) -> dict[str, LocalModel]:
        return {model_id: _local(model_id, entry) for model_id, entry in self.models.items()}

    def routing_rules(self) -> dict[TaskType, list[str]]:
        return {task: list(models) for task, models in self.rules.items()}


@cache
def shipped() -> Shipped:
    """The packaged file, checked against its form; read once."""
    return Shipped.model_validate(packaged_yaml(__package__, SELECTION_FILE))


@cache
def local_models() -> dict[str, LocalModel]:
    """LOCAL_MODELS: what new selectors begin with. To be edited by whoever adds a model."""
    return shipped().local_models()


@cache
def routing_rules() -> dict[TaskType, list[str]]:
    """ROUTING_RULES: for each task the models meant for it, the best first; the same holds."""
    return shipped().routing_rules()


def task_tables(
    own: Mapping[str, Mapping[Task | DeveloperTask, str]],
) -> dict[str, dict[str, str]]:
    """Fresh tables of all strategies; those of the user's `own` stand over the shipped ones."""
    tables = {
        name: {str(task): model for task, model in strategy.models.items()}
        for name, strategy in shipped().strategies.items()
    }
    for name, table in own.items():
        tables.setdefault(name, {}).update({str(task): model for task, model in table.items()})
    return tables


def _local(model_id: str, entry: _Entry) -> LocalModel:
    return LocalModel(
        name=entry.name,
        model_id=model_id,
        capabilities=ModelCapabilities(
            max_tokens=entry.max_tokens,
            context_window=entry.context_window,
            strengths=entry.strengths,
            weaknesses=entry.weaknesses,
            speed_rating=entry.speed_rating,
            quality_rating=entry.quality_rating,
            memory_usage_gb=entry.memory_gb,
            tokens_per_s=entry.tokens_per_s,
        ),
    )
