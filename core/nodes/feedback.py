"""Node: remember the turn, in the thread and in the local log."""

from __future__ import annotations

from langgraph.runtime import Runtime

from core.errors import StorageError
from core.services import TurnContext
from core.state import State


def feedback(state: State, runtime: Runtime[TurnContext]) -> State:
    """Nothing that fails here costs the answer: it becomes a warning."""
    update: State = {"history": [*(state.get("history") or ())]}
    wanted = state.get("store_memory") is not False
    if wanted and state.get("response"):
        update["history"].append(
            {"user": state.get("input") or "", "assistant": state["response"] or ""}
        )
    context = runtime.context
    if not context.services.settings.feedback.enabled:
        return update
    try:
        record = context.services.feedback_log.append(
            state, run_id=context.run_id, private=not wanted
        )
    except StorageError as error:
        return {**update, "warnings": [f"The feedback log was not written: {error}"]}
    return {**update, "feedback": record}
