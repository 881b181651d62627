"""What breaks costs one request at the most: the fallback answers, and the next call works."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from core.clock import SystemClock, Timer
from core.errors import ContextOverflow, ModelFileInvalid, ModelUnavailable
from core.events import Event, Final, NodeFinished, NodeStarted, Restarted, Token
from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import Settings, load_settings
from core.storage.folder import DataFolder
from tests.environments import ON_SELF_TEST
from tests.graph.assistants import assistant_with
from tests.workers import workers

VISION_TTL_S = 59.0


def kill(model: str) -> None:
    for worker in workers(model):
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)


def test_killing_the_worker_in_mid_answer_hands_over_to_the_fallback(folder: DataFolder) -> None:
    settings = load_settings(
        environ={**ON_SELF_TEST, "SARAI__MODELS__SELF_TEST_TINY__FALLBACK": "self_test_expert"}
    )
    restarted: list[str] = []
    tokens: list[str] = []
    killed = False
    with SARAiOrchestrator(pool=ModelPool(settings, folder), preload=False) as assistant:
        for event in assistant.stream("hola"):
            if isinstance(event, Token) and not killed:
                killed = True
                kill("self_test_tiny")
            if isinstance(event, Restarted):
                restarted.append(event.reason)
                tokens.clear()
            if isinstance(event, Token):
                tokens.append(event.text)
            if isinstance(event, Final):
                state = event.state
        assert state["response"] == "".join(tokens)
        if restarted:  # the worker may have sent its whole short answer before it died
            assert state["model_used"] == "self_test_expert"
            assert "self_test_tiny" in state["tried"]
        assert assistant.invoke("hola")["model_used"] == "self_test_tiny"


def test_a_dead_worker_is_replaced_at_the_next_call(settings: Settings, folder: DataFolder) -> None:
    with SARAiOrchestrator(pool=ModelPool(settings, folder), preload=False) as assistant:
        assistant.invoke("hola")
        kill("self_test_tiny")
        state = assistant.invoke("hola")
        assert state["model_used"] == "self_test_tiny"


def test_without_a_fallback_the_error_is_typed(folder: DataFolder) -> None:
    settings = load_settings(environ={**ON_SELF_TEST, "SARAI__MODELS__LFM2_1_2B__FALLBACK": "null"})
    with (
        SARAiOrchestrator(pool=ModelPool(settings, folder), preload=False) as assistant,
        pytest.raises(ModelUnavailable, match=r"LFM2-1\.2B-Q4_K_M\.gguf"),
    ):
        assistant.invoke("hola")


def test_when_all_models_fail_the_error_is_not_that_one_was_never_installed(
    folder: DataFolder, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"no model")
    keys = {
        "models.lfm2_1_2b.fallback": "solar_gguf",
        "models.solar_gguf.gguf_file": damaged,
        "models.solar_gguf.fallback": "null",
    }
    with assistant_with(folder, keys) as assistant:
        with pytest.raises(ModelFileInvalid, match=r"damaged\.gguf") as caught:
            assistant.invoke("hola")
        assert caught.value.model == "solar_gguf"
        assert any(note.startswith("lfm2_1_2b: ") for note in caught.value.__notes__)


def test_a_question_longer_than_the_context_is_an_error_not_a_cut(
    orchestrator: SARAiOrchestrator,
) -> None:
    turn = {"input": "palabra " * 20_000, "preferences": {"model": "self_test_tiny"}}
    with pytest.raises(ContextOverflow) as caught:
        orchestrator.invoke(turn)
    assert caught.value.prompt_tokens > caught.value.context_tokens


def test_a_stream_raises_the_same_error_after_the_nodes_that_ran(
    orchestrator: SARAiOrchestrator,
) -> None:
    turn = {"input": "palabra " * 20_000, "preferences": {"model": "self_test_tiny"}}
    seen: list[Event] = []
    with pytest.raises(ContextOverflow):
        for event in orchestrator.stream(turn):
            seen.append(event)
    assert seen[-1] == NodeStarted("tiny")
    assert [type(event) for event in seen].count(NodeFinished) == 4


def test_an_async_stream_raises_it_too(orchestrator: SARAiOrchestrator) -> None:
    async def read() -> None:
        turn = {"input": "palabra " * 20_000, "preferences": {"model": "self_test_tiny"}}
        async for _ in orchestrator.astream(turn):
            pass

    with pytest.raises(ContextOverflow):
        asyncio.run(read())


class BrokenClock(SystemClock):
    """A machine that runs out of threads when the answer is there and the unload is due."""

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        if delay_s >= VISION_TTL_S:
            raise RuntimeError("can't start new thread")
        return super().call_later(delay_s, callback)


def test_an_answer_survives_a_failing_unload_schedule(
    settings: Settings, folder: DataFolder, samples: Path
) -> None:
    pool = ModelPool(settings, folder, clock=BrokenClock())
    with SARAiOrchestrator(pool=pool, preload=False) as assistant:
        state = assistant.invoke({"input": "?", "image_path": str(samples / "red.png")})
    assert (state["response"] or "").startswith("self-test reply")
    assert any("Clean-up" in warning for warning in state["warnings"])


def test_a_feedback_log_that_cannot_be_written_is_a_warning(
    settings: Settings, folder: DataFolder
) -> None:
    with SARAiOrchestrator(pool=ModelPool(settings, folder), preload=False) as assistant:
        with assistant.services.database.transaction() as connection:
            connection.execute("DROP TABLE feedback_turns")
        state = assistant.invoke("hola")
    assert (state["response"] or "").startswith("self-test reply")
    assert any("feedback log" in warning for warning in state["warnings"])


def test_closing_leaves_no_process_behind(settings: Settings, folder: DataFolder) -> None:
    before = {worker.pid for worker in workers()}
    assistant = SARAiOrchestrator(pool=ModelPool(settings, folder))
    assistant.invoke("hola")
    assistant.close()
    assistant.close()
    assert {worker.pid for worker in workers()} == before
