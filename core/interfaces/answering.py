"""One turn on a terminal: Ctrl-C stops the answer, not the program.

Owns the signal; knows nothing of how answers look.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from core.cancellation import Cancellation
from core.errors import Cancelled
from core.interfaces.presenter import Presenter
from core.interfaces.who_answers import why_absent
from core.state import State

if TYPE_CHECKING:
    from core.graph import SARAiOrchestrator


def answer_turn(
    assistant: SARAiOrchestrator, turn: Mapping[str, Any], presenter: Presenter
) -> State | None:
    """Stream one turn to the presenter; None when it was stopped before any word.

    Raises: SARAiError.
    """
    with interrupt_cancels() as cancel:
        try:
            events, pool = assistant.stream(turn, cancel=cancel), assistant.services.pool
            return presenter.show(events, partial(why_absent, pool=pool), pool.listen)
        except Cancelled:
            presenter.note("stopped")
            return None


def was_stopped(state: State | None) -> bool:
    """Whether the user cut this answer off."""
    return state is None or state["finish_reason"] == "cancelled"


@contextmanager
def interrupt_cancels(*also: signal.Signals) -> Iterator[Cancellation]:
    """While inside, Ctrl-C and signals in `also` raise the given flag; then all is as usual."""
    cancel = Cancellation()

    def restore() -> None:
        for number, handler in previous.items():
            signal.signal(number, handler)

    def stop(*_: object) -> None:
        restore()
        cancel.cancel()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, *also)}
    try:
        yield cancel
    finally:
        restore()
