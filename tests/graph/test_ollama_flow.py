"""The assistant with an Ollama server beside it: hard questions go there and come back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from core.cancellation import Cancellation
from core.errors import Cancelled, ContextOverflow
from core.events import Event, Token
from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.ollama_emulator import Drop, EmulatedModel, Line, OllamaEmulator, Refuse, Stall
from tests.ollama_emulator.models import count_message_tokens

WAIT_S = 10.0
HARD = "¿Cómo configuro SSH en Ubuntu?"
HARD_EN = "How do I configure SSH on Ubuntu?"
SOLAR = EmulatedModel("solar:10.7b", context_length=4096)


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaEmulator]:
    with OllamaEmulator([SOLAR]) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def assistant(
    server: OllamaEmulator, tmp_path_factory: pytest.TempPathFactory, module_folder: DataFolder
) -> Iterator[SARAiOrchestrator]:
    with assistant_with(module_folder, {"ollama.base_url": server.base_url}) as opened:
        yield opened


def asked(server: OllamaEmulator) -> dict[str, Any]:
    """What the model was asked last."""
    return server.requests("/api/chat")[-1].body


def roles(body: dict[str, Any]) -> list[str]:
    return [message["role"] for message in body["messages"]]


def in_use(assistant: SARAiOrchestrator) -> list[str]:
    return [model.name for model in assistant.services.pool.status().models if model.leases]


def test_a_hard_question_is_answered_by_the_model_on_the_server(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    seen = follow(assistant, HARD)
    state = seen.state
    assert (state["route"], state["agent_used"]) == ("expert", "expert")
    assert (state["model_used"], state["tried"], state["warnings"]) == ("solar_ollama", [], [])
    assert seen.text == state["response"]
    assert (state["response"] or "").startswith("reply ")
    assert (state["finish_reason"], seen.restarts) == ("stop", [])
    assert state["usage"] == {
        "calls": 1,
        "prompt_tokens": count_message_tokens(asked(server)["messages"]),
        "reused_tokens": 0,
        "completion_tokens": len((state["response"] or "").split()),
        "memory_mb": 512.0,
    }


@pytest.mark.parametrize(
    ("question", "instruction"),
    [(HARD, "Responde en español"), (HARD_EN, "Answer in English")],
)
def test_the_experts_own_prompt_reaches_the_model_in_the_users_language(
    assistant: SARAiOrchestrator, server: OllamaEmulator, question: str, instruction: str
) -> None:
    assistant.invoke(question)
    system, user = asked(server)["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert instruction in system["content"]
    assert user["content"] == question


def test_a_wished_language_wins_over_the_questions(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    assistant.invoke({"input": HARD, "preferences": {"language": "en"}})
    assert "Answer in English" in asked(server)["messages"][0]["content"]


def test_a_system_prompt_of_the_callers_replaces_the_agents(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    first = assistant.invoke({"input": HARD, "system_prompt": "Eres un pirata."})
    system = asked(server)["messages"][0]["content"]
    assert system.startswith("Eres un pirata.")
    assert "SARAi" not in system
    assert first["response"] != assistant.invoke(HARD)["response"]


def test_passages_of_the_caller_reach_the_model(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    passages = ["El puerto es el 2222.", "El usuario se llama ada."]
    assistant.invoke({"input": HARD, "context": passages})
    system = asked(server)["messages"][0]["content"]
    assert "Ten en cuenta:\nEl puerto es el 2222.\nEl usuario se llama ada." in system
    assistant.invoke({"input": HARD_EN, "context": passages})
    assert "Take into account:\nEl puerto" in asked(server)["messages"][0]["content"]


def test_a_thread_is_shown_to_the_model_in_order(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    turn = {"thread_id": "solar", "preferences": {"quality": True}}
    first = assistant.invoke({**turn, "input": "¿Quién eres?"})
    second = assistant.invoke({**turn, "input": HARD})
    body = asked(server)
    assert roles(body) == ["system", "user", "assistant", "user"]
    assert [message["content"] for message in body["messages"][1:]] == [
        "¿Quién eres?",
        first["response"],
        HARD,
    ]
    assert second["usage"] is not None
    assert second["usage"]["prompt_tokens"] == count_message_tokens(body["messages"])


def test_wishes_and_defaults_of_generation_reach_the_model(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    wishes = {"max_tokens": 5, "temperature": 0.25, "seed": 9}
    state = assistant.invoke({"input": HARD, "preferences": wishes})
    assert asked(server)["options"] == {
        "num_ctx": 4096,
        "num_predict": 5,
        "temperature": 0.25,
        "top_p": 0.95,
        "seed": 9,
    }
    assert state["finish_reason"] == "length"
    assert "The answer was cut at 5 tokens." in state["warnings"]
    assistant.invoke(HARD)
    defaults = asked(server)["options"]
    assert (defaults["num_predict"], defaults["temperature"]) == (512, 0.7)
    assert "seed" not in defaults


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
    assert not in_use(assistant)


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
    assert not in_use(assistant)


@pytest.mark.parametrize("question", ["palabra " * 5000, "¡" * 5000])
def test_a_question_longer_than_the_context_asks_no_other_model(
    assistant: SARAiOrchestrator, question: str
) -> None:
    """Too many words are seen here, too many tokens by the server alone."""
    with pytest.raises(ContextOverflow) as caught:
        assistant.invoke({"input": question, "preferences": {"quality": True}})
    assert caught.value.model == "solar_ollama"
    assert caught.value.prompt_tokens > caught.value.context_tokens == 4096


def test_turns_that_do_not_fit_the_servers_context_are_left_out_and_told(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    turn = {"thread_id": "long", "preferences": {"quality": True, "max_tokens": 400}}
    warnings = [
        assistant.invoke({**turn, "input": f"{number} " + "palabra " * 600})["warnings"]
        for number in range(4)
    ]
    messages = asked(server)["messages"]
    assert warnings[0] == []
    assert any("earlier turns did not fit" in warning for warning in warnings[-1])
    assert messages[-1]["content"].startswith("3 ")
    assert not any(message["content"].startswith("0 ") for message in messages)


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
