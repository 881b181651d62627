"""Who serves each role, in what state, and whose choice it is.

Owns the report, for a table or for a program; loads nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from core.errors import ModelUnavailable
from core.interfaces.model_tables import Prospect, prospect
from core.profiles.from_ollama import sizes_in_ollama
from core.pulling.wanted import WantedModel, published
from core.settings.profiles import ROLES, Role
from core.settings.sources import place_of

if TYPE_CHECKING:
    from core.model_pool import ModelPool
    from core.settings import Settings

PRESENT_WORDS = {"llama": "on disk", "ollama": "in Ollama", "openai_http": "on its server"}
ABSENT_WORDS = {"llama": "not there", "ollama": "not in Ollama", "openai_http": "no answer"}
UNUSABLE_WORDS = {"model_file_invalid": "damaged", "model_too_large": "too large"}


@dataclass(frozen=True, slots=True)
class Missing:
    """A model that comes before the chosen one and cannot be used. `cure` mends that."""

    model: str
    why: str
    cure: str


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """`model` is its name in the configuration, "" when nobody serves the role.

    `size_bytes` is of its files, None when unknown; `chosen_by` says whose choice it is.
    """

    role: Role
    model: str
    name: str
    state: str
    size_bytes: int | None
    licence: str
    chosen_by: str
    missing: tuple[Missing, ...]

    def as_data(self) -> Mapping[str, object]:
        """In values that JSON knows."""
        return asdict(self)


def role_choices(pool: ModelPool, loaded: Collection[str] = ()) -> tuple[RoleChoice, ...]:
    """Every role, as far as files and servers tell.

    Args:
        loaded: models that other processes hold, by their names in the configuration.
    """
    ready = {model.name for model in pool.status().models if model.state in ("ready", "in_use")}
    look = _Look(pool, pool.settings, {*ready, *loaded}, sizes_in_ollama(pool.settings))
    return tuple(look.choice(role) for role in ROLES)


@dataclass(frozen=True, slots=True)
class _Look:
    pool: ModelPool
    settings: Settings
    loaded: Collection[str]
    served_bytes: Mapping[str, int]

    def choice(self, role: Role) -> RoleChoice:
        missing: list[Missing] = []
        for name in self.settings.chain(role):
            found = prospect(name, self.pool)
            if found.error is None:
                return self._row(role, found, missing)
            missing.append(Missing(name, self._state(found), found.error.hint))
        by = self._chosen_by(role, "")
        return RoleChoice(role, "", "", "nobody", None, "", by, tuple(missing))

    def _row(self, role: Role, found: Prospect, missing: list[Missing]) -> RoleChoice:
        return RoleChoice(
            role=role,
            model=found.name,
            name=found.settings.name,
            state=self._state(found),
            size_bytes=self._size_bytes(found),
            licence=licence_of(found.name, self.settings),
            chosen_by=self._chosen_by(role, found.name),
            missing=tuple(missing),
        )

    def _state(self, found: Prospect) -> str:
        model, error = found.settings, found.error
        if isinstance(error, ModelUnavailable):
            pulled = published(found.name, self.settings) is not None
            return "not pulled" if pulled else ABSENT_WORDS[model.engine]
        if error is not None:
            return UNUSABLE_WORDS.get(error.code, "not usable")
        if found.name in self.loaded:
            return "loaded"
        return "embedded" if model.embedded else PRESENT_WORDS[model.engine]

    def _size_bytes(self, found: Prospect) -> int | None:
        if found.resolved is not None and found.resolved.files:
            return sum(file.size_bytes for file in found.resolved.files)
        return self.served_bytes.get(found.name)

    def _chosen_by(self, role: Role, model: str) -> str:
        if self.settings.routing.named(role) is not None:
            place = place_of(self.settings.routing.key(role))
            return "your configuration" if place is None else place.short
        profile = self.settings.runtime.profile
        if not model or not self.settings.profiles[profile].skip_missing:
            return f"profile {profile}"
        return f"{profile}: {_source(model, self.settings)}"


def _source(name: str, settings: Settings) -> str:
    model = settings.models[name]
    if model.embedded:
        return "embedded"
    if model.engine != "llama":
        return "Ollama" if model.engine == "ollama" else "your server"
    return "your file" if published(name, settings) is None else "pulled"


def licence_of(name: str, settings: Settings) -> str:
    """As far as it is known: stated in the configuration, else published with its files."""
    model = settings.models[name]
    known: WantedModel | None = published(name, settings)
    if model.licence is not None or known is None or known.licence is None:
        return model.licence or ""
    return known.licence.name + (", non-commercial" if known.licence.non_commercial else "")


def what_is_missing(choices: Collection[RoleChoice]) -> Iterator[str]:
    """For each model that is missed once: who answers in its place, and what gets it."""
    seen: dict[Missing, list[RoleChoice]] = {}
    for choice in choices:
        for missing in choice.missing:
            seen.setdefault(missing, []).append(choice)
    for missing, wanting in seen.items():
        stand_ins: dict[str, list[str]] = {}
        for choice in wanting:
            stand_ins.setdefault(choice.model or "nobody", []).append(choice.role)
        told = ", ".join(f"{name} for {' and '.join(of)}" for name, of in stand_ins.items())
        yield f"{missing.model} is {missing.why}; in its place: {told}. {missing.cure}"
