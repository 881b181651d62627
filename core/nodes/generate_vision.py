"""Node: look at the picture or the video and answer about it."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agents.qwen3_vl import DEFAULT_PROMPT, VISION, Look, see
from core.nodes.answering import expected, language_of, reply
from core.services import TurnContext
from core.state import State


def generate_vision(state: State, runtime: Runtime[TurnContext]) -> State:
    """Pictures need no routing: they go straight to the model that sees.

    Raises: MediaError, before the model is loaded; ModelError.
    """
    with expected(VISION, state, runtime):  # it loads while the pictures are read
        parts, notices = see(_look(state), runtime.context.services.settings)
    prompt = state.get("input") or DEFAULT_PROMPT[language_of(state)]
    update = reply(VISION, state, runtime, parts=(*parts, prompt))
    update["warnings"] = [*notices, *update["warnings"]]
    update["route"] = "vision"
    update["route_reason"] = f"The input is {_named(state)}, which only the vision model sees."
    return update


def _named(state: State) -> str:
    return "a video" if state.get("input_type") == "video" else "an image"


def _look(state: State) -> Look:
    first = state.get("image_path")
    return Look(
        images=[*([first] if first else []), *(state.get("images") or [])],
        video_path=state.get("video_path"),
        fps=state.get("fps"),
        video_start_s=state.get("video_start_s"),
        video_end_s=state.get("video_end_s"),
        resolution=state.get("resolution"),
    )
