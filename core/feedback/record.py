"""What one turn leaves in the feedback log: figures and names, and no words of anybody's.

Owns the record's form; knows nothing of files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple, Self

from core.feedback.judge import own_signal
from core.feedback.signals import Signal
from core.state import ModelDraw, Scores, State

Difficulty = Literal["easy", "medium", "hard"]
MS_PER_S = 1000
SIMPLE = "simple"


class Context(NamedTuple):
    """The kind of turn: what is learned of one kind says little of the others."""

    task: str
    difficulty: Difficulty
    language: str


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One finished turn.

    Args:
        run_id: names the turn.
        at: when it was answered, aware, in UTC.
        thread_id: the conversation whose next message tells of it; None: no message will.
        context: its task (the kind of input where nothing was classified), difficulty, language.
        model: who answered; None where no model was asked.
        seconds: how long the turn took.
        draw: how the model was drawn; None where the configuration or a wish decided.
        signal: how it was received; None: not known.
    """

    run_id: str
    at: datetime
    thread_id: str | None
    context: Context
    model: str | None
    seconds: float
    draw: ModelDraw | None = None
    signal: Signal | None = None

    @classmethod
    def of(cls, state: State, *, run_id: str, at: datetime, private: bool = False) -> Self:
        """The record of a finished turn; a `private` one is tied to no conversation."""
        timings_ms, response = state.get("timings_ms") or {}, state.get("response")
        model = None if state.get("cached_at") else state.get("model_used")
        simple = state.get("task") in (None, SIMPLE) or model is None
        return cls(
            run_id=run_id,
            at=at.astimezone(UTC),
            thread_id=state.get("thread_id") if response and not private else None,
            context=context_of(state),
            model=model,
            seconds=timings_ms.get("total", sum(timings_ms.values())) / MS_PER_S,
            draw=state.get("model_draw") if model else None,
            signal=own_signal(response or "", state.get("finish_reason"), simple=simple),
        )


def context_of(state: State) -> Context:
    """What kind of turn this is; also before it is answered."""
    task = state.get("task") or state.get("input_type") or "text"
    return Context(task, _difficulty(state.get("scores")), state.get("language") or "es")


def _difficulty(scores: Scores | None) -> Difficulty:
    """Thirds; what was not classified is easy."""
    hard = scores["hard"] if scores else 0.0
    if hard < 1 / 3:
        return "easy"
    return "medium" if hard < 2 / 3 else "hard"
