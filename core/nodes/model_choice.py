"""Which model answers this turn, where the caller or LLM_MODEL_OVERRIDE leaves it to a choice.

Owns when the selector is asked and how the reply tells it; knows nothing of how it chooses.
"""

from __future__ import annotations

from core.routing.selection import Selection, Wishes
from core.routing.selection.scoring import MOST_WISH
from core.services import Services
from core.settings.model_override import OVERRIDE_VARIABLE, model_override
from core.state import State


def chosen_model(state: State, services: Services) -> Selection | None:
    """The choice for words; None where the route's own model shall answer.

    `preferences.model` is not for the selector. A stand-in is never chosen by strategy or
    weights: the route's own chain ends in the right one.

    Raises: InvalidInput, ModelUnavailable, ModelTooLarge: an override that cannot be used.
    """
    wishes = state.get("preferences") or {}
    strategy = wishes.get("strategy")
    asked = strategy or wishes.get("speed") or wishes.get("quality")
    if wishes.get("model") or not (asked or model_override(services.settings)):
        return None
    found = services.classifier.classify(state.get("input") or "", state.get("history"))
    selection = services.selector.select(
        found.task,
        probabilities={str(task): share for task, share in found.tasks.items()},
        strategy=strategy,
        wishes=Wishes(
            speed=MOST_WISH * bool(wishes.get("speed")),
            quality=MOST_WISH * bool(wishes.get("quality")),
        ),
        difficulty=found.hard,
    )
    return None if selection.stand_in and not selection.override else selection


def told_choice(state: State, update: State, chosen: Selection) -> State:
    """What the reply says of it: a reason, and a warning when somebody's variable decided."""
    told: State = {"route_reason": f"{state['route_reason']} Model: {chosen.reason}"}
    if chosen.override == OVERRIDE_VARIABLE:
        names = f"{OVERRIDE_VARIABLE} names {chosen.model} for every text."
        told["warnings"] = [names, *update["warnings"]]
    return told
