"""The assistant with an Ollama server beside it: what is asked of the model there."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import ContextOverflow
from core.graph import SARAiOrchestrator
from tests.graph.assistants import follow
from tests.ollama_emulator import OllamaEmulator
from tests.ollama_emulator.models import count_message_tokens

HARD = "¿Cómo configuro SSH en Ubuntu?"
HARD_EN = "How do I configure SSH on Ubuntu?"


def asked(server: OllamaEmulator) -> dict[str, Any]:
    """What the model was asked last."""
    return server.requests("/api/chat")[-1].body


def roles(body: dict[str, Any]) -> list[str]:
    return [message["role"] for message in body["messages"]]


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
    # As much as the context has room for, and the temperature of the programming skill.
    assert (defaults["num_predict"], defaults["temperature"]) == (2048, 0.3)
    assert "seed" not in defaults


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
