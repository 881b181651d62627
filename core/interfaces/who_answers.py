"""Who will answer each kind of question, and who is missing.

Owns the line that says so; loads nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ModelError
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
    absent: dict[str, str] = {}
    chains = {kind: pool.settings.chain(role) for kind, role in KINDS.items()}
    chosen = {kind: _first_at_hand(chain, pool, absent) for kind, chain in chains.items()}
    if all(pool.settings.models[model].embedded for model in chosen.values() if model):
        return Answerers(only_embedded(pool.settings), absent)
    told = [
        f"{kind}: {model or 'nobody'}" + _instead_of(chains[kind], model)
        for kind, model in chosen.items()
    ]
    return Answerers(" · ".join([*told, *_what_gets(absent, pool.settings)]), absent)


def only_embedded(settings: Settings) -> str:
    """What there is, and where it is not by the user's own choice, how much more there is."""
    profile = settings.runtime.profile
    if not (settings.profiles[profile].skip_missing or wants_files(profile, settings)):
        return f"Only the embedded demo models are here, for the profile {profile}."
    size = gigabytes(published_bytes(choose((), settings)))
    return f"Only the embedded demo models are here; `sarai models pull` gets real ones ({size})."


def why_absent(model: str, pool: ModelPool) -> str | None:
    """Why `model` could not be loaded now, memory aside; None when it could."""
    try:
        pool.check_available(model)
    except ModelError as error:
        return str(error)
    return None


def _first_at_hand(chain: Sequence[str], pool: ModelPool, absent: dict[str, str]) -> str:
    """The first of the chain that is at hand; the last one if none is."""
    for model in chain:
        reason = absent.get(model) or why_absent(model, pool)
        if reason is None:
            return model
        absent[model] = reason
    return chain[-1] if chain else ""


def _instead_of(chain: Sequence[str], model: str) -> str:
    return f" (no {chain[0]})" if chain and model != chain[0] else ""


def _what_gets(absent: Collection[str], settings: Settings) -> Iterator[str]:
    """The command that gets what is missing of real models."""
    models = [wanted for name in absent if (wanted := published(name, settings)) is not None]
    if models:
        names = " ".join(model.name for model in models)
        yield f"`sarai models pull {names}` gets what is missing"
