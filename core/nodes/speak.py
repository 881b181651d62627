"""Node: say the answer aloud, into a WAV file in the data folder."""

from __future__ import annotations

from langgraph.runtime import Runtime

from core.errors import SpeechUnavailable, StorageError
from core.nodes.answering import language_of
from core.services import TurnContext
from core.state import State
from core.voice.speech import speak_to_file


def speak(state: State, runtime: Runtime[TurnContext]) -> State:
    """The written answer stands whether or not it can be spoken."""
    context = runtime.context
    words = state.get("response")
    if not context.services.settings.voice.speak or not words:
        return {}
    try:
        target = context.services.media_store.place(f"reply-{context.run_id}.wav")
        spanish = state.get("spanish")
        speak_to_file(
            words,
            language_of(state),
            target,
            prosody=state.get("prosody"),
            variety=spanish["variety"] if spanish else "neutral",
        )
    except (SpeechUnavailable, StorageError) as error:
        return {"warnings": [f"The answer is not spoken: {error}"]}
    return {"audio_output": str(target)}
