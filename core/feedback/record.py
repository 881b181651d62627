"""What one turn leaves in the feedback log.

Owns the record's form; knows nothing of files.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.state import State

SCHEMA_VERSION = 1

# Copied from the state as they are; none of them holds the user's or the model's words.
_FIGURES = (
    "input_type",
    "route",
    "agent_used",
    "model_used",
    "language",
    "task",
    "scores",
    "alpha",
    "tone_style",
    "finish_reason",
)
_WORDS = ("input", "transcript", "response")


def turn_record(
    state: State, *, run_id: str, finished_at: datetime, store_text: bool
) -> dict[str, Any]:
    """The record of a finished turn; keys that the state lacks are None.

    Args:
        finished_at: aware; written in UTC.
        store_text: also keep the words that were said.
    """
    timings, usage = state.get("timings_ms") or {}, state.get("usage")
    record: dict[str, Any] = {
        "schema": SCHEMA_VERSION,
        "time": _utc(finished_at),
        "run_id": run_id,
        "thread_id": state.get("thread_id"),
        **{key: state.get(key) for key in _FIGURES},
        "total_ms": timings.get("total", sum(timings.values())) if timings else None,
        "prompt_tokens": usage["prompt_tokens"] if usage else None,
        "completion_tokens": usage["completion_tokens"] if usage else None,
        "warnings": len(state.get("warnings") or []),
    }
    if store_text:
        record |= {key: state.get(key) for key in _WORDS}
    return record


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be told in UTC")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
