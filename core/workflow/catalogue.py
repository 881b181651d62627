"""The models on servers that profiles may name, and whom their kind is left to here.

Owns the reading of cloud_models.yaml; knows nothing of what is configured. Being listed makes
no model usable.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from core.routing.selection import TaskType, Wishes
from core.text.packaged import packaged_yaml

CATALOGUE_FILE = "cloud_models.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RatingClass(_Strict):
    """The task and the wishes by which a local model is chosen for this kind."""

    task: TaskType
    speed: float = Field(0.0, ge=0, le=10)
    quality: float = Field(0.0, ge=0, le=10)

    @property
    def wishes(self) -> Wishes:
        return Wishes(self.speed, self.quality)


class CloudModel(_Strict):
    """One model as its maker's servers have it. Ratings are of 10, and claimed."""

    name: str
    provider: str
    rating_class: str = Field(alias="class")
    ratings: Mapping[str, float]
    names: tuple[str, ...]


class CloudCatalogue(_Strict):
    """The whole file."""

    classes: Mapping[str, RatingClass]
    models: Mapping[str, CloudModel]

    def served_names(self, name: str) -> tuple[str, ...]:
        """Everything that a server may call the model; only `name` when it is not listed."""
        listed = self.models.get(name)
        return (name, *listed.names) if listed else (name,)

    def class_of(self, name: str) -> tuple[str, RatingClass] | None:
        """The kind of a listed model and its name; None for others."""
        listed = self.models.get(name)
        return (listed.rating_class, self.classes[listed.rating_class]) if listed else None


@cache
def cloud_models() -> CloudCatalogue:
    """The packaged catalogue; read once."""
    return CloudCatalogue.model_validate(packaged_yaml("core.workflow", CATALOGUE_FILE))
