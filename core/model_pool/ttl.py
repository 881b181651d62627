"""How long each model may stand unused, as the configuration says.

Owns the rule which of two keys wins; knows nothing of timers.
"""

from __future__ import annotations

from core.model_pool.scheduling.idle import IdleTime
from core.settings.schema import Settings


def configured_idle_times(settings: Settings) -> dict[str, IdleTime]:
    """The time from the last release to the unload, by model; absent means it stays.

    A variant's auto_unload_after_seconds overrides its model's ttl_seconds, or where it names
    none, that of all models of the profile for it; of several variants the longest wins, as the
    model serves them all. Permanent models have none.
    """
    ttls_s = {
        name: model.ttl_seconds
        for name, model in settings.models.items()
        if model.ttl_seconds is not None
    } | _overrides_s(settings)
    models = settings.models
    return {
        name: IdleTime(ttl_s, models[name].ttl_policy)
        for name, ttl_s in ttls_s.items()
        if not models[name].permanent
    }


def _overrides_s(settings: Settings) -> dict[str, float]:
    overrides_s: dict[str, float] = {}
    for role, variant in settings.routing.variants().items():
        seconds = variant.auto_unload_after_seconds
        if seconds is not None:
            for model in (variant.model,) if variant.model else settings.chain(role):
                overrides_s[model] = max(seconds, overrides_s.get(model, 0.0))
    return overrides_s
