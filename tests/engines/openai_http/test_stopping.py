"""Answers that are stopped, and closing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.cancellation import Cancellation
from core.engines.openai_http import OpenAIEngine
from core.engines.protocol import Completion, Message, TextDelta
from core.errors import EngineCrashed
from tests.engines.openai_http.requests import WAIT_S, answer, ask
from tests.openai_emulator import OpenAIEmulator, Raw, Slow, Stall

PROMPT_S = 1.0


@pytest.mark.parametrize("after_tokens", [0, 3])
def test_cancelling_ends_the_connection_at_once(
    engine: OpenAIEngine, server: OpenAIEmulator, after_tokens: int
) -> None:
    """Also while the first byte is waited for."""
    server.fail_next(Stall(after_tokens))
    cancel = Cancellation()
    with ThreadPoolExecutor(1) as threads:
        items = threads.submit(lambda: list(engine.generate(ask("hola"), cancel)))
        request = server.wait_for()
        if after_tokens:
            assert request.streaming.wait(WAIT_S)
        start_s = time.monotonic()
        cancel.cancel()
        *deltas, end = items.result(WAIT_S)
    assert time.monotonic() - start_s < PROMPT_S
    assert request.disconnected.wait(WAIT_S)
    assert len(deltas) <= after_tokens
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"
    assert end.usage.completion_tokens == len(deltas)
    assert end.usage.prompt_tokens > 0


def test_cancelled_before_the_start_nothing_is_sent(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    cancel = Cancellation()
    cancel.cancel()
    [end] = engine.generate(ask("hola"), cancel)
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"
    assert server.requests() == []


def test_what_has_already_arrived_is_not_told_after_cancelling(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    event = b'data: {"choices": [{"delta": {"content": "ya"}}]}\n\n'
    server.fail_next(Raw((event * 9 + b"data: [DONE]\n\n",)))
    cancel = Cancellation()
    items = engine.generate(ask("hola"), cancel)
    assert isinstance(next(items), TextDelta)
    assert server.requests()[0].complete.wait(WAIT_S)
    cancel.cancel()
    [end] = items
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"


def test_closing_the_iterator_ends_the_connection(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    server.fail_next(Slow(0.02))
    items = engine.generate(ask("hola"))
    assert isinstance(next(items), TextDelta)
    items.close()
    assert server.requests()[0].disconnected.wait(WAIT_S)


def test_stopping_one_answer_ends_no_other(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    expected = answer(engine, ask("hola"))
    server.fail_next(Slow(0.02))
    other = engine.generate(ask("hola"))
    pieces = [next(other)]
    server.fail_next(Slow(0.02))
    stopped = engine.generate(ask("adiós"))
    next(stopped)
    stopped.close()
    pieces += other
    assert "".join(item.text for item in pieces if isinstance(item, TextDelta)) == expected


def test_closing_the_engine_breaks_off_what_runs(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    server.fail_next(Stall())
    with ThreadPoolExecutor(1) as threads:
        items = threads.submit(lambda: list(engine.generate(ask("hola"))))
        request = server.wait_for()
        engine.close()
        with pytest.raises(EngineCrashed, match="was closed"):
            items.result(WAIT_S)
    assert request.disconnected.wait(WAIT_S)


def test_a_closed_engine_stays_closed(engine: OpenAIEngine) -> None:
    engine.close()
    engine.close()
    assert not engine.alive()
    with pytest.raises(EngineCrashed, match="closed"):
        list(engine.generate(ask("hola")))
    with pytest.raises(EngineCrashed, match="closed"):
        engine.count_tokens([Message.text("user", "hola")])
