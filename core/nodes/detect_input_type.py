"""Node: what was given? Images win over video, video over audio, audio over text."""

from __future__ import annotations

from typing import Literal

from langgraph.runtime import Runtime

from core.language import turn_language
from core.services import TurnContext
from core.state import InputType, State


def detect_input_type(state: State, runtime: Runtime[TurnContext]) -> State:
    """Name the input's type, and the language, as far as words show it already."""
    return {
        "input_type": _input_type(state),
        "language": turn_language(state.get("input") or "", state.get("history")),
    }


def _input_type(state: State) -> InputType:
    if state.get("image_path") or state.get("images"):
        return "image"
    if state.get("video_path"):
        return "video"
    return "audio" if state.get("audio_input") else "text"


def after_detection(
    state: State,
) -> Literal["generate_vision", "process_voice", "classify"]:
    """A recording beside a picture is the question about it, so it is heard first."""
    if state.get("audio_input"):
        return "process_voice"
    return "classify" if state.get("input_type") == "text" else "generate_vision"
