"""Node: put the answer together as it was streamed, the opening before the model's words."""

from __future__ import annotations

from typing import Literal

from langgraph.runtime import Runtime

from core.emotion.assembly import assembled
from core.services import TurnContext
from core.state import State


def enhance_emotion(state: State, runtime: Runtime[TurnContext]) -> State:
    """Only adds what `emotion_diff` names; the model's own words stay as they are."""
    added = state.get("emotion_diff")
    if not added:
        return {}
    return {"response": assembled(added["opening"], state.get("response") or "")}


def after_emotion(state: State) -> Literal["speak", "feedback"]:
    """Spoken questions get spoken answers."""
    return "speak" if state.get("audio_input") else "feedback"
