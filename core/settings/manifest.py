"""The manifest: which files make the real models, and which model has which role in a profile.

Owns its types and its reading; knows nothing of how files are fetched or where they lie. It
came with SARAi and is no configuration: what it names is configured in sarai.yaml.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from core.errors import ConfigError
from core.settings.lookup import manifest_file
from core.settings.schema import Section, Sha256

Role = Literal["expert", "tiny", "omni", "vision", "embeddings"]
ProfileName = Literal["best_of_breed", "apache"]
ROLES: tuple[Role, ...] = ("expert", "tiny", "omni", "vision", "embeddings")

RepoId = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
RepoFile = Annotated[
    str, Field(pattern=r"^[\w-][\w.-]*(/[\w-][\w.-]*)*\.gguf$")
]  # no part begins with a dot
Revision = Annotated[str, Field(pattern=r"^(main|[0-9a-f]{40})$")]


class ManifestFile(Section):
    """One file of a repository. `sha256` is None where it was not published."""

    repo_id: RepoId
    revision: Revision = "main"
    file: RepoFile
    size_bytes: int = Field(gt=0)
    sha256: Sha256 | None = None


class Licence(Section):
    """What the publisher allows. `non_commercial`: no use for money."""

    name: str
    url: Annotated[str, Field(pattern="^https://")]
    non_commercial: bool = False


class ManifestModel(Section):
    """One model: its language model and, for images or sound, its projector.

    `memory_mb` is the predicted need in MiB, once it is loaded.
    """

    name: str  # for people
    licence: Licence
    memory_mb: int = Field(gt=0)
    model: ManifestFile
    projector: ManifestFile | None = None

    @property
    def files(self) -> tuple[ManifestFile, ...]:
        return (self.model,) if self.projector is None else (self.model, self.projector)

    @property
    def size_bytes(self) -> int:
        """Of all its files, as published."""
        return sum(file.size_bytes for file in self.files)


class Manifest(Section):
    """Every model that can be pulled by name, and the profiles they make up."""

    profiles: dict[ProfileName, dict[Role, str]]
    models: dict[str, ManifestModel]

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for name, profile in self.profiles.items():
            if set(profile) != set(ROLES):
                raise ValueError(f"profile {name} does not fill every role")
            if unknown := set(profile.values()) - set(self.models):
                raise ValueError(f"profile {name} names unknown models: {sorted(unknown)}")
        used = {model for profile in self.profiles.values() for model in profile.values()}
        if unused := set(self.models) - used:
            raise ValueError(f"no profile uses {sorted(unused)}")
        return self


@cache
def load_manifest() -> Manifest:
    """The manifest that came with SARAi.

    Raises: ConfigError, when it is missing or damaged.
    """
    return read_manifest(manifest_file())


def read_manifest(path: Path) -> Manifest:
    """Raises: ConfigError, when the file cannot be read or is no manifest."""
    hint = "It came with SARAi: install SARAi again."
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        # By way of JSON, as with the settings: strict, and paths and sums still come as text.
        return Manifest.model_validate_json(json.dumps(values), strict=True)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValidationError) as error:
        raise ConfigError(
            f"The manifest of models is damaged: {error}", path=path, hint=hint
        ) from (error)
