"""The one line at the start that says which models will answer, and how good they are.

Owns its wording; loads nothing.
"""

from __future__ import annotations

from core.errors import ModelError
from core.model_pool import ModelPool
from core.services import Services
from core.settings import Settings

SELF_TEST_NOTICE = (
    "self-test models only: replies are fixed and begin with 'self-test reply'. "
    "Install models for real answers (README, 'Real models')."
)


def start_line(services: Services) -> str:
    """Who answers each kind of question, as far as files and configuration tell."""
    settings, pool = services.settings, services.pool
    chosen = {role: _first_at_hand(model, pool) for role, model in roles(settings).items()}
    if all(settings.models[model].self_test for model in chosen.values()):
        return SELF_TEST_NOTICE
    return " · ".join(f"{role}: {settings.models[model].name}" for role, model in chosen.items())


def roles(settings: Settings) -> dict[str, str]:
    """The model that the configuration wants for each kind of question."""
    media = settings.routing.multimodal_variant_selection
    text = settings.routing.text_variant_selection
    return {
        "expert": text.expert.model,
        "everyday": text.tiny.model,
        "vision": media.vision.model,
        "voice": media.audio.model,
    }


def _first_at_hand(model: str, pool: ModelPool) -> str:
    """The first of the fallback chain that is installed; the last one if none is."""
    chain = pool.settings.fallback_chain(model)
    for name in chain:
        try:
            pool.check_available(name)
        except ModelError:
            continue
        return name
    return chain[-1]
