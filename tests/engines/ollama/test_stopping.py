"""Answers that are cancelled or no longer wanted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.cancellation import Cancellation
from core.engines.ollama import OllamaEngine
from core.engines.protocol import (
    Completion,
    TextDelta,
)
from tests.engines.ollama.requests import WAIT_S, answer, ask
from tests.ollama_emulator import (
    OllamaEmulator,
    Slow,
    Stall,
)


@pytest.mark.parametrize("after_tokens", [0, 3])
def test_cancelling_ends_a_stalled_answer_at_once(
    engine: OllamaEngine, server: OllamaEmulator, after_tokens: int
) -> None:
    server.fail_next(Stall(after_tokens))
    cancel = Cancellation()
    with ThreadPoolExecutor(1) as threads:
        items = threads.submit(lambda: list(engine.generate(ask("hola"), cancel)))
        request = server.wait_for("/api/chat")
        if after_tokens:
            assert request.streaming.wait(WAIT_S)
        cancel.cancel()
        *deltas, end = items.result(WAIT_S)
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"
    assert len(deltas) == end.usage.completion_tokens <= after_tokens
    assert request.disconnected.wait(WAIT_S)


def test_cancelling_between_two_deltas_ends_the_answer(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Slow(token_s=0.02))
    cancel = Cancellation()
    items = engine.generate(ask("hola"), cancel)
    assert isinstance(next(items), TextDelta)
    cancel.cancel()
    end = list(items)
    assert [type(item) for item in end] == [Completion]
    assert server.requests("/api/chat")[0].disconnected.wait(WAIT_S)


def test_what_arrived_before_the_cancelling_is_not_handed_out(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    cancel = Cancellation()
    items = engine.generate(ask("hola"), cancel)
    next(items)
    assert server.requests("/api/chat")[0].complete.wait(WAIT_S)
    cancel.cancel()
    [end] = items
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"


def test_what_is_cancelled_before_it_starts_sends_nothing(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    cancel = Cancellation()
    cancel.cancel()
    [end] = engine.generate(ask("hola"), cancel)
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"
    assert server.requests("/api/chat") == []


def test_closing_the_iterator_stops_the_server(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Stall(after_tokens=1))
    items = engine.generate(ask("hola"))
    next(items)
    items.close()
    assert server.requests("/api/chat")[0].disconnected.wait(WAIT_S)
    assert answer(engine, ask("hola")).startswith("reply ")


def test_a_held_traceback_does_not_keep_the_server_busy(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Stall(after_tokens=1))
    items = engine.generate(ask("hola"))
    next(items)
    with pytest.raises(RuntimeError) as held:
        items.throw(RuntimeError("the caller failed"))
    assert server.requests("/api/chat")[0].disconnected.wait(WAIT_S)
    assert held.traceback


def test_cancelling_one_answer_leaves_the_other(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Stall(after_tokens=1))
    cancel = Cancellation()
    stalled = engine.generate(ask("uno"), cancel)
    next(stalled)
    other = engine.generate(ask("dos"))
    next(other)
    cancel.cancel()
    ends = [list(stalled)[-1], list(other)[-1]]
    assert [end.finish_reason for end in ends if isinstance(end, Completion)] == [
        "cancelled",
        "stop",
    ]
