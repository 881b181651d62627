"""JSON schemas and tools, through Ollama's own fields for them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.engines.ollama import OllamaEngine, open_ollama
from core.engines.protocol import Message, Tool
from core.errors import ModelLacksModality
from tests.engines import contract
from tests.engines.ollama.requests import ask, spec_for
from tests.ollama_emulator import OllamaEmulator

CLOCK = Tool("clock", "What time it is.", {"type": "object", "properties": {}})
SCHEMA = {"type": "object", "properties": {"city": {"enum": ["Lima"]}}, "required": ["city"]}


@pytest.fixture
def caller(server: OllamaEmulator) -> OllamaEngine:
    return open_ollama(spec_for(server, "caller:1b"))


def test_a_schema_is_sent_as_it_is(server: OllamaEmulator, engine: OllamaEngine) -> None:
    text, completion = contract.answer(engine, ask("?", json_schema=SCHEMA))
    assert json.loads(text) == {"city": "Lima"}
    assert completion.finish_reason == "stop"
    assert server.requests("/api/chat")[-1].body["format"] == SCHEMA


def test_calls_come_after_the_text_and_go_back_with_their_results(
    server: OllamaEmulator, caller: OllamaEngine
) -> None:
    assert caller.capabilities.tools
    request = ask("¿Qué hora es?", tools=(CLOCK,))
    text, completion = contract.answer(caller, request)
    assert text == "Miro."
    weather, clock = completion.tool_calls
    assert (weather.name, weather.arguments) == ("get_weather", {"city": "París", "days": 2})
    assert (clock.name, clock.arguments) == ("clock", {})
    assert clock.id not in ("", weather.id)
    said = Message("assistant", (text,), completion.tool_calls)
    longer = (*request.messages, said, Message.tool_result(clock, "12:00"))
    contract.answer(caller, replace(request, messages=longer))
    body = server.requests("/api/chat")[-1].body
    _, assistant, result = body["messages"]
    assert assistant["tool_calls"][1]["function"] == {"name": "clock", "arguments": {}}
    assert (result["role"], result["content"]) == ("tool", "12:00")
    assert body["tools"][0]["function"]["name"] == "clock"


def test_forbidden_tools_are_not_sent(server: OllamaEmulator, caller: OllamaEngine) -> None:
    _, completion = contract.answer(caller, ask("?", tools=(CLOCK,), tool_choice="none"))
    assert completion.tool_calls == ()
    assert not server.requests("/api/chat")[-1].body.get("tools")


@pytest.mark.parametrize(
    "settings",
    [
        {"tools": (CLOCK,), "tool_choice": "required"},
        {"tools": (CLOCK,), "tool_choice": "clock"},
        {"grammar": 'root ::= "a"'},
        {"top_logprobs": 1},
    ],
)
def test_what_ollama_cannot_do_is_refused_before_it_is_asked(
    server: OllamaEmulator, caller: OllamaEngine, settings: dict[str, object]
) -> None:
    with pytest.raises(ModelLacksModality) as caught:
        contract.answer(caller, ask("?", **settings))
    assert caught.value.hint
    assert not server.requests("/api/chat")


def test_a_model_that_was_not_made_for_tools(engine: OllamaEngine) -> None:
    assert not engine.capabilities.tools
    with pytest.raises(ModelLacksModality, match="tools"):
        contract.answer(engine, ask("?", tools=(CLOCK,)))
