"""How long each model may stand unused, as the configuration says.

Owns the rule which of two keys wins; knows nothing of timers.
"""

from __future__ import annotations

from core.settings.schema import Settings, Variant


def configured_ttls_s(settings: Settings) -> dict[str, float]:
    """Seconds from the last release to the unload, by model; absent means it stays.

    A variant's auto_unload_after_seconds overrides its model's ttl_seconds; of several
    variants the longest wins, as the model serves them all. Permanent models have none.
    """
    ttls = {
        name: model.ttl_seconds
        for name, model in settings.models.items()
        if model.ttl_seconds is not None
    }
    overrides: dict[str, float] = {}
    for variant in _variants(settings):
        seconds = variant.auto_unload_after_seconds
        if seconds is not None:
            overrides[variant.model] = max(seconds, overrides.get(variant.model, 0.0))
    ttls.update(overrides)
    return {name: ttl for name, ttl in ttls.items() if not settings.models[name].permanent}


def _variants(settings: Settings) -> tuple[Variant, ...]:
    media, text = (
        settings.routing.multimodal_variant_selection,
        settings.routing.text_variant_selection,
    )
    return (media.audio, media.vision, media.empathy, text.expert, text.tiny, text.rag)
