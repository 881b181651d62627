"""Node: remember the turn, in thread, memory and local log, and judge the one before."""

from __future__ import annotations

from langgraph.runtime import Runtime

from core.errors import StorageError
from core.feedback.judge import said_of_last
from core.feedback.record import TurnRecord
from core.nodes.remembering import keep
from core.services import TurnContext
from core.state import State, TurnFeedback


def feedback(state: State, runtime: Runtime[TurnContext]) -> State:
    """Nothing that fails here costs the answer: it becomes a warning."""
    update: State = {"history": [*(state.get("history") or ())]}
    if state.get("store_memory") is not False and state.get("response"):
        update["history"].append(
            {"user": state.get("input") or "", "assistant": state["response"] or ""}
        )
    update |= keep(state, runtime.context)
    if not runtime.context.services.settings.feedback.enabled:
        return update
    try:
        update["feedback"] = _logged(state, runtime.context)
    except StorageError as error:
        update["warnings"] = [
            *update.get("warnings", ()),
            f"The feedback log was not written: {error}",
        ]
    return update


def _logged(state: State, context: TurnContext) -> TurnFeedback:
    """Judge the turn before this one first, while it is the newest of its thread.

    Raises: StorageError.
    """
    log, history, thread = context.services.feedback_log, state.get("history"), state["thread_id"]
    judged = signal = None
    if history and thread:
        said = state.get("input") or state.get("transcript") or ""
        signal = said_of_last(said, history[-1]["user"])
        judged = log.judge_last(thread, signal)
    private = state.get("store_memory") is False
    log.append(TurnRecord.of(state, run_id=context.run_id, at=log.now(), private=private))
    return {"run_id": context.run_id, "judged": judged, "signal": signal if judged else None}
