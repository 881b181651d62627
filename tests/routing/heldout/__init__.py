"""The held-out prompts, read and checked.

Owns the form of the YAML files beside it; knows nothing of what is measured on them. What
the labels mean stands in README.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

from core.state import Language, Task

HeldoutRoute = Literal["tiny", "expert", "rag", "empathy"]
WebNeed = Literal["fresh", "stable", "command"]
Variety = Literal["es-ES", "es-MX", "es-AR", "es-CO", "es-CL", "neutral"]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

_HERE = Path(__file__).parent
_Read = TypeVar("_Read")


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Words


class ParallelPrompt(_Row):
    """One request, as a person types it in either language."""

    es: Words
    en: Words


class AdversarialPrompt(_Row):
    """`task` is None where only a feeling is shared; `reason` says what misleads."""

    language: Language
    text: Words
    task: Task | None
    route: HeldoutRoute
    reason: Words


class VarietyPrompt(_Row):
    """`cues` are words of `text` that give the variety away; a neutral text has none."""

    text: Words
    cues: list[Words]


def tasks() -> dict[Task, list[ParallelPrompt]]:
    return _read("task.yaml", TypeAdapter(dict[Task, list[ParallelPrompt]]))


def routes() -> dict[HeldoutRoute, list[ParallelPrompt]]:
    return _read("route.yaml", TypeAdapter(dict[HeldoutRoute, list[ParallelPrompt]]))


def later_routes() -> dict[HeldoutRoute, list[ParallelPrompt]]:
    return _read("route_later.yaml", TypeAdapter(dict[HeldoutRoute, list[ParallelPrompt]]))


def web() -> dict[WebNeed, list[ParallelPrompt]]:
    return _read("web.yaml", TypeAdapter(dict[WebNeed, list[ParallelPrompt]]))


def later_web() -> dict[WebNeed, list[ParallelPrompt]]:
    return _read("web_later.yaml", TypeAdapter(dict[WebNeed, list[ParallelPrompt]]))


def adversarial() -> list[AdversarialPrompt]:
    return _read("adversarial.yaml", TypeAdapter(list[AdversarialPrompt]))


def varieties() -> dict[Variety, list[VarietyPrompt]]:
    return _read("variety.yaml", TypeAdapter(dict[Variety, list[VarietyPrompt]]))


def _read(name: str, form: TypeAdapter[_Read]) -> _Read:
    return form.validate_python(yaml.safe_load((_HERE / name).read_text(encoding="utf-8")))
