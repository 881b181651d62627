"""The assistant with an Ollama server that fails, stalls, comes later or goes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from core.cancellation import Cancellation
from core.errors import Cancelled
from core.events import Event, Token
from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.ollama_emulator import Drop, EmulatedModel, Line, OllamaEmulator, Refuse, Stall

WAIT_S = 10.0
HARD = "¿Cómo configuro SSH en Ubuntu?"
SOLAR = EmulatedModel("solar:10.7b")


def solar_in_use(assistant: SARAiOrchestrator) -> bool:
    """Whether a lease on it is left; the pins may still be loading in the background."""
    models = {model.name: model for model in assistant.services.pool.status().models}
    return models["solar_ollama"].leases > 0


@pytest.mark.parametrize(
    "fault", [Drop(after_tokens=3), Line('{"error": "runner terminated"}', after_tokens=3)]
)
def test_a_server_that_dies_in_mid_answer_hands_over_to_the_fallback(
    assistant: SARAiOrchestrator, server: OllamaEmulator, fault: Drop | Line
) -> None:
    server.fail_next(fault)
    seen = follow(assistant, HARD)
    assert len(seen.restarts) == 1
    assert seen.state["model_used"] == "self_test_expert"
    assert seen.state["tried"] == ["solar_ollama", "solar_gguf"]
    assert seen.text == seen.state["response"]
    assert "reply " not in seen.text.removeprefix("self-test reply ")
    assert seen.warned == seen.state["warnings"]
    assert seen.warned[0].startswith("self_test_expert answered instead: ")
    assert assistant.invoke(HARD)["model_used"] == "solar_ollama"


@pytest.mark.parametrize("fault", [Drop(), Refuse(500, "out of memory"), Line("<html>")])
def test_a_server_that_fails_before_the_first_token_is_replaced_without_a_restart(
    assistant: SARAiOrchestrator, server: OllamaEmulator, fault: Drop | Refuse | Line
) -> None:
    server.fail_next(fault)
    seen = follow(assistant, HARD)
    assert seen.restarts == []
    assert seen.state["model_used"] == "self_test_expert"
    assert seen.text == seen.state["response"]


def test_cancelling_a_stalled_answer_keeps_what_was_said(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    server.fail_next(Stall(after_tokens=4))
    cancel = Cancellation()
    tokens: list[str] = []

    def stop_at_the_fourth(event: Event) -> None:
        if isinstance(event, Token):
            tokens.append(event.text)
            if len(tokens) == 4:
                cancel.cancel()

    state = follow(assistant, HARD, cancel=cancel, on_event=stop_at_the_fourth).state
    assert (state["model_used"], state["finish_reason"]) == ("solar_ollama", "cancelled")
    assert state["response"] == "".join(tokens)
    assert "The answer was stopped on request." in state["warnings"]
    assert server.requests("/api/chat")[-1].disconnected.wait(WAIT_S)


def test_cancelling_before_the_first_token_is_no_answer_and_asks_no_fallback(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    server.fail_next(Stall())
    so_far = len(server.requests("/api/chat"))
    cancel = Cancellation()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(assistant.invoke, HARD, cancel=cancel)
        request = server.wait_for("/api/chat", so_far + 1)
        cancel.cancel()
        with pytest.raises(Cancelled):
            answer.result(WAIT_S)
    assert request.disconnected.wait(WAIT_S)
    assert assistant.invoke(HARD)["model_used"] == "solar_ollama"


def test_leaving_the_stream_frees_the_server(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    server.fail_next(Stall(after_tokens=1))
    events = assistant.stream(HARD)
    while not isinstance(next(events), Token):
        pass
    events.close()  # type: ignore[attr-defined]  # a generator behind Iterator
    assert server.requests("/api/chat")[-1].disconnected.wait(WAIT_S)
    assert not solar_in_use(assistant)


def test_cancelling_a_task_that_waits_for_the_first_token_frees_the_server(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    server.fail_next(Stall())
    so_far = len(server.requests("/api/chat"))

    async def wait_and_leave() -> None:
        async def read() -> None:
            async for _ in assistant.astream(HARD):
                pass

        task = asyncio.create_task(read())
        request = await asyncio.to_thread(server.wait_for, "/api/chat", so_far + 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(request.disconnected.wait, WAIT_S)

    asyncio.run(wait_and_leave())
    assert not solar_in_use(assistant)


def test_a_model_that_is_pulled_later_answers_the_next_question(folder: DataFolder) -> None:
    with (
        OllamaEmulator(registry=[SOLAR]) as server,
        assistant_with(folder, {"ollama.base_url": server.base_url}) as assistant,
    ):
        before = assistant.invoke(HARD)
        assert before["model_used"] == "self_test_expert"
        assert any("ollama pull solar:10.7b" in warning for warning in before["warnings"])
        server.pull("solar:10.7b")
        after = assistant.invoke(HARD)
        assert (after["model_used"], after["tried"]) == ("solar_ollama", [])
        server.remove("solar:10.7b")
        assert assistant.invoke(HARD)["model_used"] == "self_test_expert"


def test_a_server_that_is_stopped_between_questions_is_replaced(folder: DataFolder) -> None:
    with ExitStack() as stack:
        with OllamaEmulator([SOLAR]) as server:
            keys = {"ollama.base_url": server.base_url}
            assistant = stack.enter_context(assistant_with(folder, keys))
            assert assistant.invoke(HARD)["model_used"] == "solar_ollama"
        state = assistant.invoke(HARD)
        assert state["model_used"] == "self_test_expert"
        assert any("ollama serve" in warning for warning in state["warnings"])


def test_closing_the_assistant_unloads_the_model_on_the_server(folder: DataFolder) -> None:
    with OllamaEmulator([SOLAR]) as server:
        with assistant_with(folder, {"ollama.base_url": server.base_url}) as assistant:
            assistant.invoke(HARD)
            assert server.is_loaded("solar:10.7b")
        assert not server.is_loaded("solar:10.7b")
