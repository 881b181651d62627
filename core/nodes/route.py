"""Node: who answers? Care first, then wishes, then documents, then the weights."""

from __future__ import annotations

from typing import cast

from langgraph.runtime import Runtime

from core.emotion.crisis import crisis_watch
from core.nodes.instrument import filled
from core.routing.configured import thresholds_of
from core.routing.injected import what_was_asked
from core.routing.route import CARE, RouteChoice, choose_route
from core.routing.skills import SKILLED
from core.services import Services, TurnContext
from core.state import Preferences, State, TextRoute

AT_HAND = ("ready", "in_use")
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
    choice = _cared_for(state, services) or _wished(state, services) or _by_score(state, services)
    by_kind = choice.route in SKILLED
    unheard = state.get("retrieve_context") and _nothing_kept(state, services)
    return {
        "route": choice.route,
        "route_reason": choice.reason,
        "skill_used": state.get("skill_used") if by_kind else None,
        "token_budget": state.get("token_budget") if by_kind else None,
        "warnings": [NO_DOCUMENTS] if unheard else [],
    }


def _nothing_kept(state: State, services: Services) -> bool:
    if not services.documents.empty():
        return False
    remembers = services.settings.memory.enabled
    return not (remembers and services.memory.anything(state.get("user_id") or ""))


def _cared_for(state: State, services: Services) -> RouteChoice | None:
    """Who may be in danger is answered, and never told that there is no document on it."""
    asked = what_was_asked(state.get("input") or "")
    return CARE if crisis_watch(services.settings)(asked) else None


def _by_score(state: State, services: Services) -> RouteChoice:
    return choose_route(
        filled(state["scores"]),
        filled(state["alpha"]),
        thresholds=thresholds_of(services.settings),
        out_of_scope=state.get("out_of_scope") or 0.0,
        expert_is_loaded=lambda: _expert_is_loaded(services),
    )


def _expert_is_loaded(services: Services) -> bool:
    """Whether the model that answers as the expert is in memory, and so does at once."""
    expert = services.settings.chain("expert")[0]
    models = services.pool.status().models
    return any(model.name == expert and model.state in AT_HAND for model in models)


def _wished(state: State, services: Services) -> RouteChoice | None:
    if state.get("retrieve_context") and not services.documents.empty():
        return DOCUMENTS
    wishes: Preferences = state.get("preferences") or {}
    if wishes.get("speed") or wishes.get("strategy") == "fast":
        return SPEED
    if wishes.get("quality") or wishes.get("strategy") == "quality":
        return QUALITY
    return None


def after_route(state: State) -> TextRoute:
    """The branch that was chosen; branches and their nodes share their names."""
    return cast(TextRoute, filled(state["route"]))
