"""JSON of a schema, tools and log-probabilities."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.engines.openai_http import OpenAIEngine, open_openai
from core.engines.protocol import (
    Completion,
    GenerationRequest,
    Message,
    TokenLogprob,
    Tool,
    ToolCall,
)
from core.errors import EngineFailed, InvalidInput, ModelLacksModality
from tests.engines.openai_http.requests import MODELS, ask, spec_for, text_of
from tests.openai_emulator import OpenAIEmulator, Raw

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}
WEATHER = Tool("weather", "The weather of a place.", SCHEMA)
CLOCK = Tool("clock", "The time.", {"type": "object", "properties": {}})


def event(choice: dict[str, Any]) -> bytes:
    return f"data: {json.dumps({'choices': [{'index': 0, **choice}]})}\n\n".encode()


def call(index: int, **function: str) -> bytes:
    piece = {"index": index, "function": function}
    if "name" in function:
        piece["id"] = f"id-{index}"
    return event({"delta": {"tool_calls": [piece]}})


END = event({"delta": {}, "finish_reason": "tool_calls"})


def completed(engine: OpenAIEngine, request: GenerationRequest) -> tuple[str, Completion]:
    items = list(engine.generate(request))
    end = items[-1]
    assert isinstance(end, Completion)
    return text_of(items), end


def test_a_schema_is_sent_as_a_strict_one(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    server.fail_next(Raw((event({"delta": {"content": '{"n": 4}'}, "finish_reason": "stop"}),)))
    text, end = completed(engine, ask("2+2", json_schema=SCHEMA))
    assert (json.loads(text), end.finish_reason) == ({"n": 4}, "stop")
    assert server.requests()[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
    }


def test_a_server_that_ignores_the_schema_is_noticed(engine: OpenAIEngine) -> None:
    with pytest.raises(EngineFailed, match="ignored `json_schema`"):
        completed(engine, ask("2+2", json_schema=SCHEMA))
    _, end = completed(engine, ask("2+2", json_schema=SCHEMA, max_tokens=3))
    assert end.finish_reason == "length"


def test_a_grammar_is_only_for_llama_cpps_server(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    grammar = 'root ::= "sí"'
    completed(engine, ask("?", grammar=grammar))
    assert server.requests()[0].body["grammar"] == grammar
    with OpenAIEmulator(MODELS, dialect="vllm") as other:
        with pytest.raises(ModelLacksModality, match="grammar"):
            completed(open_openai(spec_for(other)), ask("?", grammar=grammar))
        assert other.requests() == []


def test_tool_calls_are_put_together_from_their_pieces(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    pieces = (
        event({"delta": {"content": "Veamos."}}),
        call(0, name="weather", arguments=""),
        call(0, arguments='{"n"'),
        call(1, name="clock"),
        call(0, arguments=": 4}"),
        END,
    )
    server.fail_next(Raw(pieces))
    text, end = completed(engine, ask("?", tools=(WEATHER, CLOCK)))
    assert (text, end.finish_reason, end.problem) == ("Veamos.", "stop", "")
    assert end.tool_calls == (ToolCall("weather", {"n": 4}, "id-0"), ToolCall("clock", {}, "id-1"))
    body = server.requests()[0].body
    assert body["tool_choice"] == "auto"
    assert body["tools"][0] == {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather of a place.",
            "parameters": SCHEMA,
        },
    }


@pytest.mark.parametrize("arguments", ['{"n": ', "[4]"])
def test_a_call_that_cannot_be_read_is_told_as_text(
    engine: OpenAIEngine, server: OpenAIEmulator, arguments: str
) -> None:
    server.fail_next(Raw((call(0, name="weather", arguments=arguments), END)))
    text, end = completed(engine, ask("?", tools=(WEATHER,)))
    assert (text, end.tool_calls) == (f"weather({arguments})", ())
    assert end.problem


@pytest.mark.parametrize(
    ("choice", "sent", "names"),
    [
        ("none", "none", ["weather", "clock"]),
        ("required", "required", ["weather", "clock"]),
        ("clock", "required", ["clock"]),
    ],
)
def test_a_choice_that_every_server_understands_is_sent(
    engine: OpenAIEngine, server: OpenAIEmulator, choice: str, sent: str, names: list[str]
) -> None:
    if choice != "none":
        server.fail_next(Raw((call(0, name="clock"), END)))
    completed(engine, ask("?", tools=(WEATHER, CLOCK), tool_choice=choice))
    body = server.requests()[0].body
    assert body["tool_choice"] == sent
    assert [tool["function"]["name"] for tool in body["tools"]] == names


def test_a_server_that_calls_no_tool_where_one_is_required_is_noticed(
    engine: OpenAIEngine,
) -> None:
    with pytest.raises(EngineFailed, match="ignored `tool_choice`"):
        completed(engine, ask("?", tools=(WEATHER,), tool_choice="weather"))


def test_earlier_calls_and_their_results_are_repeated(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    asked = ToolCall("weather", {"n": 4}, "id-0")
    messages = (
        Message.text("user", "?"),
        Message("assistant", ("Veamos.",), tool_calls=(asked,)),
        Message.tool_result(asked, "llueve"),
    )
    completed(engine, GenerationRequest(messages, tools=(WEATHER,)))
    _, assistant, result = server.requests()[0].body["messages"]
    assert assistant["tool_calls"] == [
        {
            "id": "id-0",
            "type": "function",
            "function": {"name": "weather", "arguments": '{"n": 4}'},
        }
    ]
    assert result == {"role": "tool", "content": "llueve", "tool_call_id": "id-0"}


def test_logprobs_are_one_for_each_token(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    def told(token: str, logprob: float) -> dict[str, Any]:
        return {"token": token, "logprob": logprob, "bytes": None}

    pieces = []
    for token in ("ho", "la"):
        entry = {**told(token, -0.1), "top_logprobs": [told(token, -0.1), told("x", -3)]}
        pieces.append(event({"delta": {"content": token}, "logprobs": {"content": [entry]}}))
    server.fail_next(Raw((*pieces, event({"delta": {}, "finish_reason": "stop"}))))
    _, end = completed(engine, ask("?", top_logprobs=2))
    assert end.logprobs == tuple(
        TokenLogprob(token, -0.1, ((token, -0.1), ("x", -3.0))) for token in ("ho", "la")
    )
    body = server.requests()[0].body
    assert (body["logprobs"], body["top_logprobs"]) == (True, 2)


def test_a_server_that_tells_no_logprobs_is_noticed(engine: OpenAIEngine) -> None:
    with pytest.raises(EngineFailed, match="ignored `top_logprobs`"):
        completed(engine, ask("?", top_logprobs=2))


def test_what_cannot_be_asked_is_never_sent(
    engine: OpenAIEngine, embedder: OpenAIEngine, server: OpenAIEmulator
) -> None:
    with pytest.raises(InvalidInput):
        completed(engine, ask("?", tools=(WEATHER,), json_schema=SCHEMA))
    with pytest.raises(ModelLacksModality):
        completed(embedder, ask("?", json_schema=SCHEMA))
    with pytest.raises(ModelLacksModality, match="rerank"):
        engine.rerank("?", ["a"])
    assert server.requests() == []
