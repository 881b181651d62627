"""Node: what was given? Images win over video, video over audio, audio over text."""

from __future__ import annotations

from typing import Literal

from langgraph.runtime import Runtime

from core.language import detect_language
from core.services import TurnContext
from core.state import InputType, State


def detect_input_type(state: State, runtime: Runtime[TurnContext]) -> State:
    """Name the input's type, and the language where there are words already."""
    words = state.get("input")
    return {
        "input_type": _input_type(state),
        "language": detect_language(words) if words else None,
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
