"""Callers of one engine are served in the order in which they came."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.cancellation import Cancellation
from core.engines.llama.turns import Turns
from core.errors import Cancelled

WAIT_S = 10


def test_first_come_first_served() -> None:
    turns = Turns()
    served: list[int] = []

    def serve(number: int) -> None:
        with turns.take():
            served.append(number)

    with ThreadPoolExecutor() as pool:
        with turns.take():
            waiting = []
            for number in range(4):
                waiting.append(pool.submit(serve, number))
                _until(lambda: turns.waiting() == len(waiting))
        for future in waiting:
            future.result(WAIT_S)
    assert served == [0, 1, 2, 3]


def test_waiting_can_be_cancelled_and_costs_nobody_the_turn() -> None:
    turns = Turns()
    cancel = Cancellation()

    def wait() -> None:
        with turns.take(cancel):
            pass

    with ThreadPoolExecutor() as pool:
        with turns.take():
            waiter = pool.submit(wait)
            _until(lambda: turns.waiting() == 1)
            cancel.cancel()
            with pytest.raises(Cancelled):
                waiter.result(WAIT_S)
        with turns.take():
            assert turns.waiting() == 0


def test_an_error_passes_the_turn_on() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.take():
        raise ZeroDivisionError
    with turns.take():
        assert turns.waiting() == 0


def _until(condition: Callable[[], bool]) -> None:
    """Let the other threads run until they are where the test needs them."""
    while not condition():
        time.sleep(0)
