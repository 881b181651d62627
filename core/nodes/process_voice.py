"""Node: hear the recording.

Words typed beside a recording are a question about it: one call answers. A recording alone
is a spoken question: it is transcribed first, so that the user sees what was understood,
and then answered from the transcript, unless a later node does that.
"""

from __future__ import annotations

from typing import Literal

from langgraph.runtime import Runtime

from agents.omni import HEARD_NOTHING, LISTENER, TRANSCRIBER
from agents.qwen3_vl import VISION
from core.language import turn_language
from core.media.content import AudioClip
from core.nodes.answering import (
    added_usage,
    ask_silently,
    expected,
    fixed_reply,
    language_of,
    reply,
)
from core.nodes.instrument import filled
from core.services import TurnContext
from core.state import State

TRANSCRIBE = "Transcribe the recording."
REASON = "The input is a recording, which only the omni model hears."


def process_voice(state: State, runtime: Runtime[TurnContext]) -> State:
    """Transcribe, answer, or both.

    Raises: MediaError, before the model is loaded; ModelError.
    """
    settings = runtime.context.services.settings
    # With it comes PyAV, which takes 16 MB and time of a start; few turns need it.
    from core.media.audio import load_audio  # noqa: PLC0415

    clip = load_audio(filled(state["audio_input"]), settings.media, key="audio_input")
    if state.get("input") and state.get("input_type") == "audio":
        update = reply(LISTENER, state, runtime, parts=(clip, state["input"] or ""))
        return {**update, "route": "omni", "route_reason": REASON}
    if state.get("input_type") == "audio":
        heard = _transcribe(clip, state, runtime)
    else:
        with expected(VISION, state, runtime):  # it loads while the question is heard
            heard = _transcribe(clip, state, runtime)
    if state.get("input_type") != "audio":
        return heard
    merged: State = {**state, **heard}
    if not heard["transcript"]:
        said = HEARD_NOTHING[language_of(merged)]
        return {**heard, **fixed_reply(said, runtime), "route": "omni", "route_reason": REASON}
    if settings.voice.route_transcript:
        return heard
    update = reply(LISTENER, merged, runtime, parts=(heard["transcript"] or "",))
    warnings = [*heard["warnings"], *update["warnings"]]
    return {**heard, **update, "warnings": warnings, "route": "omni", "route_reason": REASON}


def after_voice(
    state: State,
) -> Literal["generate_vision", "classify", "enhance_emotion"]:
    """To the end when it is answered; to the picture it asks about; else to the routing."""
    if state.get("response") is not None:
        return "enhance_emotion"
    return "classify" if state.get("input_type") == "audio" else "generate_vision"


def _transcribe(clip: AudioClip, state: State, runtime: Runtime[TurnContext]) -> State:
    """One call that writes down what is said; the transcript joins the typed words."""
    made = ask_silently(TRANSCRIBER, state, runtime, (clip, TRANSCRIBE))
    transcript = made.text.strip()
    words = " ".join(filter(None, [state.get("input"), transcript]))
    return {
        "transcript": transcript,
        "input": words,
        "language": turn_language(words, state.get("history")),
        "agent_used": "omni",
        "model_used": made.model,
        "tried": list(made.tried),
        "finish_reason": made.finish_reason,
        "usage": added_usage(state.get("usage"), made),
        "warnings": list(made.warnings),
    }
