"""Which files a request means: a profile, a role or a model, by name.

Owns the choice between the manifest and the configuration; looks at no disk and asks nobody.
A model of the configuration that names a repository can be pulled too: what the manifest knows
of the same file (revision, size, sum, licence) then still holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import InvalidInput
from core.settings.keys import nearest
from core.settings.manifest import (
    ROLES,
    Licence,
    Manifest,
    ManifestFile,
    ManifestModel,
    ProfileName,
    load_manifest,
)
from core.settings.schema import ModelSettings, Settings

DEFAULT_PROFILE: Final[ProfileName] = "best_of_breed"


@dataclass(frozen=True, slots=True)
class WantedFile:
    """One file of a repository; `size_bytes` and `sha256` are None where they are unknown."""

    model: str
    repo_id: str
    revision: str
    file: str
    size_bytes: int | None = None
    sha256: str | None = None

    @property
    def name(self) -> str:
        return self.file.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class WantedModel:
    """The files of one model. `licence` and `memory_mb` are None where they are unknown."""

    name: str
    title: str
    licence: Licence | None
    memory_mb: int | None
    files: tuple[WantedFile, ...]


def choose(
    targets: Sequence[str], settings: Settings, manifest: Manifest | None = None
) -> tuple[WantedModel, ...]:
    """The models that `targets` mean, each once; without any, those of DEFAULT_PROFILE.

    Raises: InvalidInput, for an unknown name, and for a model that has nothing to pull.
    """
    manifest = manifest or load_manifest()
    chosen: dict[str, WantedModel] = {}
    for target in targets or (DEFAULT_PROFILE,):
        for model in _meant(target, settings, manifest):
            chosen.setdefault(model.name, model)
    return tuple(chosen.values())


def all_models(settings: Settings, manifest: Manifest | None = None) -> tuple[WantedModel, ...]:
    """Every model that can be pulled: of the manifest and of the configuration."""
    manifest = manifest or load_manifest()
    names = dict.fromkeys([*manifest.models, *settings.models])
    return tuple(
        _model(name, settings, manifest)
        for name in names
        if _nothing_to_pull(name, settings) is None
    )


def published_bytes(models: Iterable[WantedModel]) -> int:
    """What all their files weigh together, as published; a file of unknown size counts 0."""
    return sum(file.size_bytes or 0 for model in models for file in model.files)


def _meant(target: str, settings: Settings, manifest: Manifest) -> Iterator[WantedModel]:
    names = _members(target, manifest)
    if names is None:
        yield _model(target, settings, manifest)
        return
    for name in names:
        # Where the user's own file serves the role, there is nothing to get for it.
        if _nothing_to_pull(name, settings) is None:
            yield _model(name, settings, manifest)


def _members(target: str, manifest: Manifest) -> list[str] | None:
    """The models of a profile, or the one of a role; None for any other name."""
    for name, profile in manifest.profiles.items():
        if target == name:
            return list(profile.values())
    profile = manifest.profiles[DEFAULT_PROFILE]
    return [profile[role] for role in ROLES if role == target] or None


def _model(name: str, settings: Settings, manifest: Manifest) -> WantedModel:
    if reason := _nothing_to_pull(name, settings):
        raise InvalidInput(f"There is nothing to pull for {name}: {reason}", key=name)
    if name in settings.models:
        return _from_configuration(name, settings.models[name], manifest)
    if name in manifest.models:
        return _from_manifest(name, manifest.models[name])
    raise _unknown(name, settings, manifest)


def _nothing_to_pull(name: str, settings: Settings) -> str | None:
    """Why the configuration leaves nothing to get for this model; None when it does not."""
    model = settings.models.get(name)
    if model is None:
        return None
    if model.engine == "ollama":
        return f"Ollama has it. Try `sarai models pull --ollama {name}`."
    if model.embedded:
        return "it came with SARAi."
    if model.gguf_file is None:
        return "a server has it."
    if not model.repo_id or not _in_repository(model.gguf_file):
        return f"the configuration names a file of your own, {model.gguf_file}."
    return None


def _from_manifest(name: str, model: ManifestModel) -> WantedModel:
    files = tuple(_published(name, file) for file in model.files)
    return WantedModel(name, model.name, model.licence, model.memory_mb, files)


def _published(model: str, file: ManifestFile) -> WantedFile:
    return WantedFile(model, file.repo_id, file.revision, file.file, file.size_bytes, file.sha256)


def _from_configuration(name: str, model: ModelSettings, manifest: Manifest) -> WantedModel:
    repo_id = model.repo_id or ""  # it has one: see _nothing_to_pull
    wanted = [(model.gguf_file, model.sha256), (model.mmproj_file, model.mmproj_sha256)]
    files = tuple(
        _configured(name, repo_id, file, sha256, manifest)
        for file, sha256 in wanted
        if file is not None and _in_repository(file)
    )
    known = _published_as(files[0], manifest)
    licence = None if known is None else known.licence
    memory_mb = model.max_memory_mb or (None if known is None else known.memory_mb)
    return WantedModel(name, model.name, licence, memory_mb, files)


def _configured(
    model: str, repo_id: str, file: Path, sha256: str | None, manifest: Manifest
) -> WantedFile:
    for known in _all_files(manifest):
        if (known.repo_id, known.file) == (repo_id, file.as_posix()):
            published = _published(model, known)
            if sha256 is None or sha256 == known.sha256:
                return published
    return WantedFile(model, repo_id, "main", file.as_posix(), None, sha256)


def _published_as(file: WantedFile, manifest: Manifest) -> ManifestModel | None:
    for model in manifest.models.values():
        if (model.model.repo_id, model.model.file) == (file.repo_id, file.file):
            return model
    return None


def _all_files(manifest: Manifest) -> Iterator[ManifestFile]:
    for model in manifest.models.values():
        yield from model.files


def _in_repository(file: Path) -> bool:
    """Whether the name can be one in a repository, and a place in the folder of models."""
    return not file.is_absolute() and ".." not in file.parts and not str(file).startswith("~")


def _unknown(name: str, settings: Settings, manifest: Manifest) -> InvalidInput:
    known = [*manifest.profiles, *ROLES, *manifest.models, *settings.models]
    close = nearest(name, known)
    hint = f"Did you mean {close}? " if close else ""
    return InvalidInput(
        f"{name} is no profile, role or model.",
        key=name,
        hint=f"{hint}Profiles: {', '.join(manifest.profiles)}. Roles: {', '.join(ROLES)}. "
        "`sarai models` lists the models.",
    )
