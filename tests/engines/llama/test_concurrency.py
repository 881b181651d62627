"""Several callers of one engine, and callers that change their mind."""

from __future__ import annotations

import gc
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from core.cancellation import Cancellation
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Completion, GenerationRequest, Message, TextDelta
from core.engines.spec import PARALLEL_REQUESTS
from tests import tiny_models
from tests.engines.contract import GREEDY, LONG, answer
from tests.engines.llama.conftest import Models, Open, spec_for

CALLERS = 8
WAIT_S = 30


def ask(text: str, max_tokens: int = 60) -> GenerationRequest:
    return GenerationRequest((Message.text("user", text),), max_tokens, temperature=0)


def test_several_callers_each_get_their_own_answer(scripted: LlamaEngine) -> None:
    """Of lengths of their own, so that nothing of another's can pass for it."""
    start = threading.Barrier(CALLERS)

    def call(number: int) -> None:
        start.wait()
        expected = b"".join(tiny_models.REPLY_PIECES[:number]).decode()
        for _ in range(5):
            text, completion = answer(scripted, ask(f"pregunta {number} " * 9, number))
            assert text == expected
            assert completion.usage.completion_tokens == number

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(call, range(1, CALLERS + 1), timeout=WAIT_S))


def test_several_answers_come_at_once(endless: LlamaEngine) -> None:
    streams = [endless.generate(ask("hola", max_tokens=900)) for _ in range(PARALLEL_REQUESTS)]
    for stream in streams:
        assert isinstance(next(stream), TextDelta)
    for stream in streams:
        *_, last = stream
        assert isinstance(last, Completion)
        assert last.finish_reason == "length"


def test_cancelling_one_of_several_ends_that_one_only(endless: LlamaEngine) -> None:
    cancel = Cancellation()
    others = [endless.generate(ask("hola", max_tokens=300)) for _ in range(3)]
    stream = endless.generate(ask("hola", max_tokens=900), cancel)
    for each in (*others, stream):
        next(each)
    cancel.cancel()
    *_, last = stream
    assert isinstance(last, Completion)
    assert last.finish_reason == "cancelled"
    for other in others:
        *_, end = other
        assert isinstance(end, Completion)
        assert end.finish_reason == "length"
        assert end.usage.completion_tokens == 300


def test_cancelling_while_waiting_ends_the_wait_only(endless: LlamaEngine) -> None:
    cancel = Cancellation()
    streams = [endless.generate(ask("hola", max_tokens=900)) for _ in range(PARALLEL_REQUESTS)]
    for stream in streams:
        next(stream)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lambda: list(endless.generate(LONG, cancel)))
        cancel.cancel()
        (completion,) = waiting.result(WAIT_S)
    assert isinstance(completion, Completion)
    assert completion.finish_reason == "cancelled"
    for stream in streams:
        *_, last = stream
        assert isinstance(last, Completion)
        assert last.finish_reason == "length"


def test_cancelling_does_not_wait_for_a_worker_that_is_busy(
    models: Models, open_llama: Open
) -> None:
    others = set(psutil.Process().children())
    engine = open_llama(spec_for(models.random))
    (worker,) = set(psutil.Process().children()) - others
    expected = answer(engine, GREEDY)[0]
    cancel = Cancellation()
    stream = engine.generate(LONG, cancel)
    next(stream)
    worker.suspend()  # as one that encodes another's picture for seconds
    cancel.cancel()
    *_, last = stream
    assert isinstance(last, Completion)
    assert last.finish_reason == "cancelled"
    worker.resume()
    assert answer(engine, GREEDY)[0] == expected


def test_cancelling_from_another_thread(endless: LlamaEngine) -> None:
    cancel = Cancellation()
    stream = endless.generate(LONG, cancel)
    next(stream)
    thread = threading.Thread(target=cancel.cancel)
    thread.start()
    *_, last = stream
    thread.join()
    assert isinstance(last, Completion)
    assert last.finish_reason == "cancelled"


def test_cancelling_from_a_signal_handler(endless: LlamaEngine) -> None:
    cancel = Cancellation()
    before = signal.signal(signal.SIGUSR1, lambda *_: cancel.cancel())
    try:
        stream = endless.generate(LONG, cancel)
        next(stream)
        signal.raise_signal(signal.SIGUSR1)
        *_, last = stream
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert isinstance(last, Completion)
    assert last.finish_reason == "cancelled"


def test_a_late_cancel_does_not_reach_the_next_caller(endless: LlamaEngine) -> None:
    late = Cancellation()
    answer(endless, GREEDY, late)
    late.cancel()
    assert answer(endless, GREEDY)[1].finish_reason == "length"


def test_abandoned_iterators_are_stopped_and_their_rest_is_dropped(endless: LlamaEngine) -> None:
    expected, _ = answer(endless, GREEDY)
    for _ in range(5):
        assert isinstance(next(endless.generate(LONG)), TextDelta)
        gc.collect()
        assert answer(endless, GREEDY)[0] == expected


@pytest.mark.timeout(30)
def test_an_abandoned_answer_holds_nobody_up(tmp_path: Path, open_llama: Open) -> None:
    context_tokens = 60_000  # would take minutes to fill
    path = tiny_models.random_text(tmp_path, context_tokens)
    engine = open_llama(spec_for(path, context_tokens=context_tokens))
    next(engine.generate(ask("hola", max_tokens=context_tokens)))
    assert answer(engine, GREEDY)[0]


def test_an_iterator_that_was_never_started_costs_nothing(endless: LlamaEngine) -> None:
    endless.generate(LONG)
    assert answer(endless, GREEDY)[0]
