"""Node: who answers? Wishes first, then documents, then the weights."""

from __future__ import annotations

from typing import cast

from langgraph.runtime import Runtime

from core.nodes.instrument import filled
from core.routing.route import RouteChoice, Thresholds, choose_route
from core.services import Services, TurnContext
from core.settings import Settings
from core.state import Preferences, State, TextRoute

SPEED = RouteChoice("tiny", "A fast answer was asked for.")
QUALITY = RouteChoice("expert", "The best answer was asked for.")
DOCUMENTS = RouteChoice("rag", "An answer from the documents was asked for.")
NO_DOCUMENTS = (
    "An answer from the documents was asked for, but there are none: use `sarai index PATH`, or "
    "set retrieval.folder."
)


def route(state: State, runtime: Runtime[TurnContext]) -> State:
    """Choose the branch and say why in one sentence."""
    services = runtime.context.services
    choice = _wished(state, services) or _by_score(state, services.settings)
    unheard = state.get("retrieve_context") and services.documents.empty()
    return {
        "route": choice.route,
        "route_reason": choice.reason,
        "warnings": [NO_DOCUMENTS] if unheard else [],
    }


def _by_score(state: State, settings: Settings) -> RouteChoice:
    scores, alpha = filled(state["scores"]), filled(state["alpha"])
    return choose_route(scores, alpha, thresholds=thresholds(settings))


def _wished(state: State, services: Services) -> RouteChoice | None:
    if state.get("retrieve_context") and not services.documents.empty():
        return DOCUMENTS
    wishes: Preferences = state.get("preferences") or {}
    if wishes.get("speed") or wishes.get("strategy") == "fast":
        return SPEED
    if wishes.get("quality") or wishes.get("strategy") == "quality":
        return QUALITY
    return None


def thresholds(settings: Settings) -> Thresholds:
    """From the routing configuration; a variant without one is never chosen by score."""
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


def after_route(state: State) -> TextRoute:
    """The branch that was chosen; branches and their nodes share their names."""
    return cast(TextRoute, filled(state["route"]))
