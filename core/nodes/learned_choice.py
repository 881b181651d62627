"""Which model answers this turn, where several could and nobody has said which.

Owns who may be drawn and how the reply tells it; knows nothing of how it is drawn.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from core.errors import StorageError
from core.feedback.record import context_of
from core.services import Services, TurnContext
from core.settings.profiles import Role
from core.state import ModelDraw, State

WISHES = ("model", "strategy", "speed", "quality")
"""Preferences that say which model shall answer."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """`chain` is who is asked, in order; the first was drawn."""

    draw: ModelDraw
    chain: tuple[str, ...]


def drawn_model(role: Role, state: State, context: TurnContext) -> Drawn | None:
    """None where the configuration decides: learning and exploring are off, the user named a
    model for `role` or wished for one in this turn, or there is only one model.

    What the database refuses is logged: the default answers then.
    """
    services = context.services
    wishes = state.get("preferences") or {}
    if not services.settings.feedback.enabled or any(wishes.get(key) for key in WISHES):
        return None
    try:
        if not services.learning.may_draw():
            return None
        options = _options(role, services)
        draw = services.learning.draw(context_of(state), options, seed=context.run_id)
    except StorageError as error:
        logger.warning("No model was drawn. %s", error)
        return None
    if draw is None:
        return None
    chain = dict.fromkeys((draw["chosen"], *services.settings.chain(role)))
    return Drawn(draw, tuple(chain))


def told_draw(state: State, drawn: Drawn) -> State:
    """What the reply says of it; nothing where the default was drawn."""
    draw = drawn.draw
    told: State = {"model_draw": draw}
    if draw["chosen"] != draw["default"]:
        share = draw["shares"][draw["chosen"]]
        told["route_reason"] = (
            f"{state['route_reason']} Model: {draw['chosen']} was drawn ({share:.0%}) in place of "
            f"{draw['default']}, as learned or to compare them."
        )
    return told


def _options(role: Role, services: Services) -> list[str]:
    """The models of the profile that are here and fit, the default first; no stand-ins."""
    settings = services.settings
    if settings.routing.named(role):
        return []
    usable = set(services.selector.list_available_models())
    return [
        name
        for name in settings.chain(role)
        if name in usable and not settings.models[name].embedded
    ]
