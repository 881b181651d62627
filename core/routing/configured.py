"""The thresholds of the routes, from the configuration.

Owns the translation only; knows neither scores nor models.
"""

from __future__ import annotations

from core.routing.route import Thresholds
from core.settings import Settings


def thresholds_of(settings: Settings) -> Thresholds:
    """A variant without a threshold is never chosen by score."""
    text = settings.routing.text_variant_selection
    empathy = settings.routing.multimodal_variant_selection.empathy
    return Thresholds(
        expert=_or_never(text.expert.threshold),
        empathy=_or_never(empathy.threshold),
        web_query=_or_never(text.rag.threshold),
        doc_match=settings.routing.doc_match_threshold,
    )


def _or_never(threshold: float | None) -> float:
    return float("inf") if threshold is None else threshold
