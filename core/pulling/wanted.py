"""Which files a request means: a profile, a role or a model, by name.

Owns the way from a name to models of the configuration; looks at no disk and asks nobody. A
model that names a repository can be pulled; what the manifest knows of its files (revision,
size, sum, licence) holds under any name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import InvalidInput
from core.settings.keys import nearest
from core.settings.manifest import (
    Licence,
    Manifest,
    ManifestFile,
    ManifestModel,
    load_manifest,
)
from core.settings.models import ModelSettings
from core.settings.profiles import ROLES, Role
from core.settings.schema import Settings

DEFAULT_PROFILE: Final = "best_of_breed"
ROLES_BY_NAME: Final[Mapping[str, tuple[Role, ...]]] = {
    **{role: (role,) for role in ROLES},
    "omni": ("audio", "empathy"),
}
"""What may be said for a role; `omni` is the one model that has two of them."""


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
    """The models that `targets` mean, each once; without any, those of `pulled_profile`.

    Raises: InvalidInput, for an unknown name, and for a model that has nothing to pull.
    """
    manifest = manifest or load_manifest()
    chosen: dict[str, WantedModel] = {}
    for target in targets or (pulled_profile(settings),):
        for model in _meant(target, settings, manifest):
            chosen.setdefault(model.name, model)
    return tuple(chosen.values())


def pulled_profile(settings: Settings) -> str:
    """The profile that is meant where none is named: the one in force if it asks for files."""
    profile = settings.runtime.profile
    return profile if wants_files(profile, settings) else DEFAULT_PROFILE


def all_models(settings: Settings, manifest: Manifest | None = None) -> tuple[WantedModel, ...]:
    """Every model that can be pulled."""
    manifest = manifest or load_manifest()
    return tuple(_model(name, settings, manifest) for name in _pullable(settings.models, settings))


def published(
    name: str, settings: Settings, manifest: Manifest | None = None
) -> WantedModel | None:
    """What is known of a model's files before they are here; None when it has none to pull."""
    if _nothing_to_pull(name, settings) is not None:
        return None
    return _model(name, settings, manifest or load_manifest())


def published_bytes(models: Iterable[WantedModel]) -> int:
    """What all their files weigh together, as published; a file of unknown size counts 0."""
    return sum(file.size_bytes or 0 for model in models for file in model.files)


def _meant(target: str, settings: Settings, manifest: Manifest) -> Iterator[WantedModel]:
    if target in ROLES_BY_NAME:
        names = [name for role in ROLES_BY_NAME[target] for name in _serving(role, settings)]
    elif target in settings.profiles:
        names = _of_profile(target, settings)
    else:
        yield _model(target, settings, manifest)
        return
    # Where the user's own file serves the role, there is nothing to get for it.
    for name in _pullable(names, settings):
        yield _model(name, settings, manifest)


def _of_profile(profile: str, settings: Settings) -> list[str]:
    """Raises: InvalidInput, for a profile that no pull can fill."""
    if settings.profiles[profile].skip_missing:
        profile = DEFAULT_PROFILE  # it takes what is here, so it wants nothing itself
    if not wants_files(profile, settings):
        raise InvalidInput(
            f"There is nothing to pull for the profile {profile}.",
            key=profile,
            hint="`sarai models pull --ollama` lets Ollama get its models.",
        )
    return [name for role in ROLES for name in settings.profile_chain(profile, role)]


def wants_files(profile: str, settings: Settings) -> bool:
    """Whether there is something to pull for a profile."""
    table = settings.profiles.get(profile)
    if table is None or table.skip_missing:
        return False
    models = (settings.models[name] for r in ROLES for name in settings.profile_chain(profile, r))
    return any(model.repo_id for model in models)


def _serving(role: Role, settings: Settings) -> tuple[str, ...]:
    """The models that shall serve `role`: the user's own, else those that the profile wants."""
    if settings.routing.named(role) is not None:
        return settings.chain(role)
    return settings.profile_chain(pulled_profile(settings), role)


def _pullable(names: Iterable[str], settings: Settings) -> Iterator[str]:
    return (name for name in names if _nothing_to_pull(name, settings) is None)


def _model(name: str, settings: Settings, manifest: Manifest) -> WantedModel:
    if name not in settings.models:
        raise _unknown(name, settings)
    if reason := _nothing_to_pull(name, settings):
        raise InvalidInput(f"There is nothing to pull for {name}: {reason}", key=name)
    return _from_configuration(name, settings.models[name], manifest)


def _nothing_to_pull(name: str, settings: Settings) -> str | None:
    """Why the configuration leaves nothing to get for this model; None when it does not."""
    model = settings.models[name]
    if model.engine == "ollama":
        return f"Ollama has it. Try `sarai models pull --ollama {name}`."
    if model.embedded:
        return "it came with SARAi."
    if model.gguf_file is None:
        return "a server has it."
    if not model.repo_id or not _in_repository(model.gguf_file):
        return f"the configuration names a file of your own, {model.gguf_file}."
    return None


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


def _unknown(name: str, settings: Settings) -> InvalidInput:
    close = nearest(name, [*settings.profiles, *ROLES_BY_NAME, *settings.models])
    hint = f"Did you mean {close}? " if close else ""
    return InvalidInput(
        f"{name} is no profile, role or model.",
        key=name,
        hint=f"{hint}Profiles: {', '.join(settings.profiles)}. Roles: {', '.join(ROLES)}. "
        "`sarai models` lists the models.",
    )
