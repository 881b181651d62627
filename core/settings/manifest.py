"""The manifest: which files make the real models, and which of Ollama's may serve a role.

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
from core.settings.models import Sha256
from core.settings.profiles import Role
from core.settings.section import Section
from core.text.packaged import own_yaml

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


class OllamaChoice(Section):
    """Which of Ollama's models may serve a role: those that Ollama says are capable of it, of
    `least` to `most` billion parameters.

    Those of one of the `families` come before others, then those nearest to `ideal`.
    """

    capability: Literal["completion", "vision", "embedding"]
    families: tuple[str, ...] = ()
    least: float = Field(ge=0)
    ideal: float = Field(gt=0)
    most: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least <= self.ideal <= self.most:
            raise ValueError("least, ideal and most are not in order")
        return self


class Manifest(Section):
    """Every model that can be pulled by name, and what is taken of Ollama's."""

    models: dict[str, ManifestModel]
    ollama: dict[Role, OllamaChoice]


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
        values = own_yaml(path.read_text(encoding="utf-8"))
        # By way of JSON, as with the settings: strict, and paths and sums still come as text.
        return Manifest.model_validate_json(json.dumps(values), strict=True)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValidationError) as error:
        raise ConfigError(
            f"The manifest of models is damaged: {error}", path=path, hint=hint
        ) from (error)
