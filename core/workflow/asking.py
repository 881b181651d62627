"""Models asked one after the other, until one gives what can be used or the time is over.

Owns the tries and the time limit of a phase; knows nothing of what a phase is asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from agents.agent import Agent, Answer, Question
from agents.answering import answer
from core.cancellation import Cancellation
from core.clock import Clock
from core.errors import Cancelled, EngineFailed, ModelError, PhaseFailed, PhaseTimeout, SARAiError
from core.model_pool import ModelPool
from core.workflow.choice import provider_of
from core.workflow.events import ModelFailed, PhaseToken, WorkflowEvent
from core.workflow.phases import JUDGING, TaskPhase
from core.workflow.results import Try
from core.workflow.verdict import Verdict

GB_PER_MIB = 2**20 / 1e9
PHASE_AGENT = Agent(name="expert", role="expert", system_prompt={})
"""Phases say all of their prompts and models themselves."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How models are reached. `emit` hears what happens; `cancel` ends the whole run."""

    pool: ModelPool
    clock: Clock
    emit: Callable[[WorkflowEvent], None]
    cancel: Cancellation


@dataclass(slots=True)
class Tally:
    """Who was asked so far and what it took.

    `made` is the answer of the last try, if any; `answers` are all, those too that could not
    be used.
    """

    tries: list[Try] = field(default_factory=list)
    memory_gb_s: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    made: Answer | None = None


def ask_in_order(
    phase: TaskPhase,
    models: Sequence[str],
    question: Question,
    reach: Reach,
    *,
    timeout_s: float,
    tally: Tally,
) -> Any:
    """The first answer that can be used: its text, or the verdict as a dictionary.

    Args:
        timeout_s: for all tries together.
        tally: filled as it goes on, also when it fails.

    Raises: PhaseFailed, when all failed; PhaseTimeout; Cancelled, with the whole run.
    """
    with _deadline(reach, timeout_s) as deadline:
        for model in models:
            started_s, tally.made = time.perf_counter(), None
            try:
                asked = replace(question, models=(model,))
                value = _ask(phase, asked, reach, deadline.cancel, tally)
            except ModelError as error:
                _count(reach, tally, model, started_s, error)
                reach.emit(ModelFailed(str(phase), model, str(error)))
            except Cancelled:
                if not deadline.passed:
                    raise
                timeout = PhaseTimeout(phase, timeout_s)
                _count(reach, tally, model, started_s, timeout)
                raise timeout from None
            else:
                _count(reach, tally, model, started_s)
                return value
    raise PhaseFailed(phase, [f"{each.model}: {each.error}" for each in tally.tries])


def _ask(
    phase: TaskPhase, question: Question, reach: Reach, cancel: Cancellation, tally: Tally
) -> Any:
    (model,) = question.models
    made = answer(
        PHASE_AGENT,
        question,
        reach.pool,
        listener=_Pieces(phase, reach.emit),
        cancel=cancel,
    )
    tally.made = made
    tally.answers.append(made)
    if made.finish_reason == "cancelled":
        raise Cancelled("Stopped on request.")
    if phase in JUDGING:
        try:
            return Verdict.parse(made.text).as_dict()
        except ValueError as error:
            raise EngineFailed(f"{model} gave no verdict: {error}.", model=model) from error
    if not made.text.strip():
        raise EngineFailed(f"{model} said nothing.", model=model)
    return made.text


def _count(
    reach: Reach, tally: Tally, model: str, started_s: float, error: SARAiError | None = None
) -> None:
    seconds = time.perf_counter() - started_s
    memory_mb = tally.made.memory_mb if tally.made else reach.pool.memory_mb(model)
    if memory_mb is not None:
        tally.memory_gb_s.append(memory_mb * GB_PER_MIB * seconds)
    told = (str(error), error.code) if error else ("", "")
    tally.tries.append(Try(model, provider_of(model, reach.pool.settings), seconds, *told))


@dataclass(slots=True)
class _Deadline:
    """`passed` once the time is over; `cancel` is raised by that, and with the whole run."""

    cancel: Cancellation
    passed: bool = False

    def over(self) -> None:
        self.passed = True
        self.cancel.cancel()


@contextmanager
def _deadline(reach: Reach, timeout_s: float) -> Iterator[_Deadline]:
    deadline = _Deadline(Cancellation())
    timer = reach.clock.call_later(timeout_s, deadline.over)
    try:
        with reach.cancel.on_cancel(deadline.cancel.cancel):
            yield deadline
    finally:
        timer.cancel()


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Passes an answer on while it is made; that its model failed is told by `ModelFailed`."""

    phase: TaskPhase
    emit: Callable[[WorkflowEvent], None]

    def text(self, piece: str) -> None:
        self.emit(PhaseToken(str(self.phase), piece))

    def restarted(self, reason: str) -> None:
        """Ignore it."""
