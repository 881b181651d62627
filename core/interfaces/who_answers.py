"""Who will answer each kind of question, and who is missing.

Owns the line that says so; loads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ModelError
from core.pulling.plan import gigabytes
from core.pulling.wanted import choose, published_bytes

if TYPE_CHECKING:
    from core.model_pool import ModelPool
    from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Answerers:
    """What to tell once: the line, and why each model that it passes over cannot answer."""

    line: str
    absent: Mapping[str, str]


def who_answers(pool: ModelPool) -> Answerers:
    """Who answers each kind of question, as far as files and servers tell."""
    absent: dict[str, str] = {}
    wanted = roles(pool.settings)
    chosen = {role: _first_at_hand(model, pool, absent) for role, model in wanted.items()}
    if all(pool.settings.models[model].embedded for model in chosen.values()):
        return Answerers(only_embedded(pool.settings), absent)
    told = [
        f"{role}: {model}" + ("" if model == wanted[role] else f" (no {wanted[role]})")
        for role, model in chosen.items()
    ]
    return Answerers(" · ".join(told), absent)


def only_embedded(settings: Settings) -> str:
    """What there is, and how much more there is to get."""
    size = gigabytes(published_bytes(choose((), settings)))
    return f"Only the embedded demo models are here; `sarai models pull` gets real ones ({size})."


def why_absent(model: str, pool: ModelPool) -> str | None:
    """Why `model` could not be loaded now, memory aside; None when it could."""
    try:
        pool.check_available(model)
    except ModelError as error:
        return str(error)
    return None


def roles(settings: Settings) -> dict[str, str]:
    """The model that the configuration names for each kind of question."""
    media = settings.routing.multimodal_variant_selection
    text = settings.routing.text_variant_selection
    return {
        "expert": text.expert.model,
        "everyday": text.tiny.model,
        "vision": media.vision.model,
        "voice": media.audio.model,
    }


def _first_at_hand(wanted: str, pool: ModelPool, absent: dict[str, str]) -> str:
    """The first of the fallback chain that is at hand; the last one if none is."""
    chain = pool.settings.fallback_chain(wanted)
    for model in chain:
        reason = absent.get(model) or why_absent(model, pool)
        if reason is None:
            return model
        absent[model] = reason
    return chain[-1]
