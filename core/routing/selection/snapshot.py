"""The models as they are at one moment, found by any of their names.

Owns the look-up and what is known of one model; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidInput, ModelError, ModelTooLarge, ModelUnavailable
from core.routing.selection.catalogue import LocalModel
from core.routing.selection.choice import factor_of
from core.routing.selection.estimates import ModelConfig
from core.routing.selection.inventory import MIB_PER_GB, Candidate, declared_mb
from core.routing.selection.scales import declared_tokens_per_s
from core.routing.selection.tables import nearest_hint

NOT_CONFIGURED = "it is not configured"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The candidates, and the catalogue for models that are no candidates here."""

    candidates: Sequence[Candidate]
    local_models: Mapping[str, LocalModel]

    def find(self, name: str) -> Candidate:
        """The candidate of this name or alias, a usable one first; one that is only in the
        catalogue comes with that as its problem.

        Raises: InvalidInput, when nobody knows the name.
        """
        called = [each for each in self.candidates if name in each.names]
        if called:
            return next((each for each in called if each.usable), called[0])
        if name not in self.local_models:
            known = [*(each.name for each in self.candidates), *self.local_models]
            raise InvalidInput(
                f"No model is named {name!r}.", key="model", hint=nearest_hint(name, known)
            )
        declared = self.local_models[name].capabilities
        return Candidate(name, declared, memory_mb=declared_mb(declared), problem=NOT_CONFIGURED)

    def require(self, name: str, named_by: str) -> Candidate:
        """The candidate, which must be usable; `named_by` is who wants it.

        Raises: InvalidInput, ModelTooLarge, ModelUnavailable.
        """
        candidate = self.find(name)
        if candidate.usable:
            return candidate
        kind: type[ModelError] = ModelTooLarge if candidate.room == "never" else ModelUnavailable
        raise kind(
            f"{named_by} names {name}, which cannot be used: {candidate.why_not}.",
            model=name,
            hint="Name another, or none. `sarai models` shows what is installed.",
        )

    def config(self, name: str) -> ModelConfig:
        """What is known of one model.

        Raises: InvalidInput, when nobody knows the name.
        """
        candidate = self.find(name)
        declared, tokens_per_s = candidate.declared, candidate.tokens_per_s
        measured = ["memory"] * candidate.memory_measured
        if tokens_per_s is not None:
            measured.append("speed")
        elif (expected := declared_tokens_per_s(declared)) is not None:
            tokens_per_s = expected * factor_of(self.candidates)
        return ModelConfig(
            name=candidate.name,
            memory_gb=_gb(candidate),
            tokens_per_s=tokens_per_s,
            quality_rating=declared.quality_rating,
            strengths=tuple(declared.strengths),
            weaknesses=tuple(declared.weaknesses),
            max_tokens=declared.max_tokens,
            context_window=declared.context_window,
            measured=tuple(measured),
            problem="" if candidate.usable else candidate.why_not,
        )


def _gb(candidate: Candidate) -> float | None:
    """As measured, else as declared, so that a declared size is given back unrounded."""
    declared = candidate.declared.memory_usage_gb
    if candidate.memory_measured or declared is None:
        return None if candidate.memory_mb is None else candidate.memory_mb / MIB_PER_GB
    return declared
