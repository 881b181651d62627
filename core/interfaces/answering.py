"""One turn on a terminal: Ctrl-C stops the answer, not the program.

Owns the signal; knows nothing of how answers look.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from core.cancellation import Cancellation
from core.errors import Cancelled
from core.graph import SARAiOrchestrator
from core.interfaces.presenter import Presenter
from core.state import State


def answer_turn(
    orchestrator: SARAiOrchestrator, turn: Mapping[str, Any], presenter: Presenter
) -> State | None:
    """Stream one turn to the presenter; None when it was stopped before any word.

    Raises: SARAiError.
    """
    cancel = Cancellation()
    with _interrupt_means(cancel):
        try:
            return presenter.show(orchestrator.stream(turn, cancel=cancel))
        except Cancelled:
            presenter.note("stopped")
            return None


@contextmanager
def _interrupt_means(cancel: Cancellation) -> Iterator[None]:
    """While inside, Ctrl-C raises `cancel`; a second one interrupts as usual."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, previous)
        cancel.cancel()

    previous = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
