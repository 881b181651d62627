"""The configured models as choices, with what the pool knows of each.

Owns the way from the pool's figures to candidates; loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from core.errors import ModelError
from core.model_pool import ModelPool
from core.model_pool.fit import Fit, Verdict
from core.model_pool.resolve import ResolvedModel
from core.routing.selection.catalogue import LocalModel, ModelCapabilities, local_models
from core.routing.selection.inventory import MIB_PER_GB, Candidate, Room
from core.routing.selection.quality import Outcome
from core.routing.selection.selector import ModelSelector
from core.settings.models import ModelSettings

_ROOM: Mapping[Verdict, Room] = {
    "fits": "now",
    "fits_after_evicting": "soon",
    "not_now": "busy",
    "never": "never",
}


def selector_for(
    pool: ModelPool, outcomes: Callable[[], Iterable[Outcome]] = tuple
) -> ModelSelector:
    """A selector among the models of the pool's configuration, as they are at each choice.

    `outcomes` are asked at each choice too: see `ModelSelector`.
    """
    return ModelSelector(settings=pool.settings, inventory=PoolInventory(pool), outcomes=outcomes)


class PoolInventory:
    """Every configured model that answers in words.

    An Ollama model has the ratings that the catalogue has under its Ollama name; what is
    written in `models.NAME` counts before them.
    """

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    def candidates(self) -> tuple[Candidate, ...]:
        models = self._pool.settings.models
        found = {
            name: self._declared(name, model)
            for name, model in models.items()
            if not model.embeddings
        }
        resolved: dict[str, ResolvedModel] = {}
        for name, candidate in found.items():
            if candidate.stand_in:  # always here, and small
                continue
            try:
                resolved[name] = self._usable(name)
            except ModelError as error:
                found[name] = replace(candidate, problem=error.message.rstrip("."))
        fits = self._pool.foresee(resolved.values())
        loaded = {each.name for each in self._pool.status().models if each.state in _LOADED}
        for (name, model), fit in zip(resolved.items(), fits, strict=True):
            found[name] = self._measured(found[name], model, fit, loaded=name in loaded)
        return tuple(found.values())

    def _usable(self, name: str) -> ResolvedModel:
        """Raises: ModelError, when it could not be loaded, memory aside."""
        self._pool.check_available(name)
        return self._pool.resolve(name)

    def _declared(self, name: str, model: ModelSettings) -> Candidate:
        served = model.ollama_model or model.openai_model
        return Candidate(
            name,
            _ratings(model, local_models().get(served or name)),
            aliases=(served,) if served else (),
            memory_mb=model.max_memory_mb,
            fallbacks=self._pool.settings.fallback_chain(name)[1:],
            stand_in=model.embedded,
        )

    def _measured(
        self, candidate: Candidate, resolved: ResolvedModel, fit: Fit, *, loaded: bool
    ) -> Candidate:
        declared = candidate.declared
        if declared.memory_usage_gb is None and resolved.need_mb:
            declared = replace(declared, memory_usage_gb=resolved.need_mb / MIB_PER_GB)
        return replace(
            candidate,
            declared=declared,
            memory_mb=resolved.need_mb,
            memory_measured=resolved.measured_mb == resolved.need_mb,
            tokens_per_s=self._pool.tokens_per_s(resolved),
            room="loaded" if loaded else _ROOM[fit.verdict],
            problem=fit.reason.rstrip("."),
        )


_LOADED = ("ready", "in_use")


def _ratings(model: ModelSettings, known: LocalModel | None) -> ModelCapabilities:
    rated = known.capabilities if known else ModelCapabilities()
    return replace(
        rated,
        context_window=model.context_length,
        strengths=model.strengths or rated.strengths,
        weaknesses=model.weaknesses or rated.weaknesses,
        quality_rating=model.quality_rating or rated.quality_rating,
    )
