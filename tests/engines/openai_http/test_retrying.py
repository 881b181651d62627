"""Requests that are repeated, and those that must not be."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.cancellation import Cancellation
from core.engines.openai_http import OpenAIEngine
from core.engines.openai_http.server import MAX_RETRY_DELAY_S, RETRY_DELAYS_S
from core.engines.protocol import Completion
from core.errors import EngineCrashed, EngineFailed
from tests.engines.openai_http.requests import WAIT_S, answer, ask
from tests.openai_emulator import Drop, OpenAIEmulator, Refuse

BUSY = '{"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}'
SOON = {"Retry-After": "0.05"}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_after_the_time_it_names(
    engine: OpenAIEngine, server: OpenAIEmulator, status: int
) -> None:
    server.fail_next(Refuse(status, BUSY, headers=SOON))
    start_s = time.monotonic()
    assert answer(engine, ask("hola")).startswith("reply ")
    assert 0.05 <= time.monotonic() - start_s < RETRY_DELAYS_S[0]
    assert len(server.requests()) == 2


def test_without_a_time_the_delays_grow(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    server.fail_next(Refuse(503, BUSY))
    start_s = time.monotonic()
    assert answer(engine, ask("hola")).startswith("reply ")
    assert time.monotonic() - start_s >= RETRY_DELAYS_S[0]


def test_the_tries_are_bounded(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    tries = len(RETRY_DELAYS_S) + 1
    for _ in range(tries + 1):
        server.fail_next(Refuse(503, BUSY, headers=SOON))
    with pytest.raises(EngineFailed, match="Loading model"):
        answer(engine, ask("hola"))
    assert len(server.requests()) == tries


def test_a_server_that_wants_too_much_time_is_not_waited_for(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    wanted = str(int(MAX_RETRY_DELAY_S) + 10)
    server.fail_next(Refuse(429, BUSY, headers={"Retry-After": wanted}))
    start_s = time.monotonic()
    with pytest.raises(EngineFailed) as busy:
        answer(engine, ask("hola"))
    assert time.monotonic() - start_s < RETRY_DELAYS_S[0]
    assert f"in {wanted} s" in busy.value.hint


def test_waiting_ends_when_the_caller_cancels(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    server.fail_next(Refuse(503, BUSY, headers={"Retry-After": "15"}))
    cancel = Cancellation()
    with ThreadPoolExecutor(1) as threads:
        items = threads.submit(lambda: list(engine.generate(ask("hola"), cancel)))
        server.wait_for()
        cancel.cancel()
        [end] = items.result(WAIT_S)
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"
    assert len(server.requests()) == 1


@pytest.mark.parametrize("fault", [Refuse(500, BUSY), Refuse(400, BUSY), Drop()])
def test_what_may_have_been_worked_on_is_not_repeated(
    engine: OpenAIEngine, server: OpenAIEmulator, fault: Refuse | Drop
) -> None:
    server.fail_next(fault)
    with pytest.raises((EngineFailed, EngineCrashed)):
        answer(engine, ask("hola"))
    assert len(server.requests()) == 1
