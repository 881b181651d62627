"""Who will answer each kind of question, and who is missing.

Owns the line that says so; loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ModelError, ModelUnavailable
from core.pulling.wanted import choose, published, published_bytes, wants_files
from core.settings.profiles import Role
from core.text.sizes import gigabytes

if TYPE_CHECKING:
    from core.model_pool import ModelPool
    from core.settings import Settings

KINDS: Mapping[str, Role] = {
    "expert": "expert",
    "everyday": "tiny",
    "vision": "vision",
    "voice": "audio",
}
"""The roles that are told about, by what a person calls their questions."""


@dataclass(frozen=True, slots=True)
class Answerers:
    """What to tell once: the line, and why each model that it passes over cannot answer."""

    line: str
    absent: Mapping[str, str]


def who_answers(pool: ModelPool) -> Answerers:
    """Who answers each kind of question, as far as files and servers tell."""
    errors: dict[str, ModelError] = {}
    chains = {kind: pool.settings.chain(role) for kind, role in KINDS.items()}
    chosen = {kind: _first_at_hand(chain, pool, errors) for kind, chain in chains.items()}
    absent = {model: str(error) for model, error in errors.items()}
    if all(pool.settings.models[model].embedded for model in chosen.values() if model):
        return Answerers(only_embedded(pool.settings), absent)
    told = [
        f"{kind}: {model or 'nobody'}" + _instead_of(chains[kind], model)
        for kind, model in chosen.items()
    ]
    return Answerers(" · ".join([*told, *_what_gets(errors, pool.settings)]), absent)


def only_embedded(settings: Settings) -> str:
    """What there is, and where it is not by the user's own choice, how much more there is."""
    profile = settings.runtime.profile
    if not (settings.profiles[profile].skip_missing or wants_files(profile, settings)):
        return f"Only the embedded demo models are here, for the profile {profile}."
    size = gigabytes(published_bytes(choose((), settings)))
    return f"Only the embedded demo models are here; `sarai models pull` gets real ones ({size})."


def why_absent(model: str, pool: ModelPool) -> str | None:
    """Why `model` could not be loaded now, memory aside; None when it could."""
    error = _absence(model, pool)
    return None if error is None else str(error)


def _absence(model: str, pool: ModelPool) -> ModelError | None:
    try:
        pool.check_available(model)
    except ModelError as error:
        return error
    return None


def _first_at_hand(chain: Sequence[str], pool: ModelPool, errors: dict[str, ModelError]) -> str:
    """The first of the chain that is at hand; the last one if none is."""
    for model in chain:
        error = errors.get(model) or _absence(model, pool)
        if error is None:
            return model
        errors[model] = error
    return chain[-1] if chain else ""


def _instead_of(chain: Sequence[str], model: str) -> str:
    return f" (no {chain[0]})" if chain and model != chain[0] else ""


def _what_gets(errors: Mapping[str, ModelError], settings: Settings) -> Iterator[str]:
    """The command that gets the real models that are missing."""
    missing = (name for name, error in errors.items() if isinstance(error, ModelUnavailable))
    names = [name for name in missing if published(name, settings) is not None]
    if names:
        yield f"`sarai models pull {' '.join(names)}` gets what is missing"
