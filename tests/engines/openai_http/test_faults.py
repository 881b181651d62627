"""Servers that fail."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.engines.openai_http import OpenAIEngine, open_openai
from core.engines.protocol import TextDelta
from core.errors import EngineCrashed, EngineFailed, ModelUnavailable
from tests.engines.openai_http.requests import MODELS, answer, ask, spec_for
from tests.openai_emulator import Drop, EndEarly, OpenAIEmulator, Raw, Refuse, Stall

BROKEN = {"message": "the runner process has terminated", "type": "server_error", "code": 500}


def stream_of(answer: object) -> bytes:
    return f"data: {json.dumps(answer)}\n\n".encode()


def test_a_lost_connection_is_a_crash_and_the_next_call_works(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    server.fail_next(Drop(after_tokens=2))
    items = engine.generate(ask("hola"))
    assert [type(next(items)) for _ in range(2)] == [TextDelta, TextDelta]
    with pytest.raises(EngineCrashed) as crash:
        next(items)
    assert crash.value.retryable
    assert engine.alive()
    assert answer(engine, ask("hola")).startswith("reply ")


@pytest.mark.parametrize("fault", [EndEarly(), EndEarly(2), Drop(), Raw((b"data: {", b'"x'))])
def test_an_answer_without_its_end_is_never_taken_for_whole(
    engine: OpenAIEngine, server: OpenAIEmulator, fault: EndEarly | Drop | Raw
) -> None:
    server.fail_next(fault)
    with pytest.raises(EngineCrashed):
        list(engine.generate(ask("hola")))
    assert len(server.requests()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Refuse(500, json.dumps({"error": BROKEN})),
        Refuse(400, json.dumps({"error": BROKEN["message"]})),
        Refuse(400, json.dumps({"object": "error", **BROKEN})),
        Refuse(502, f"<html><h1>Oh</h1>{BROKEN['message']}</html>", "text/html"),
        Refuse(500, str(BROKEN["message"]), "text/plain"),
        Refuse(200, json.dumps({"error": BROKEN})),
        Raw((stream_of({"error": BROKEN}),), after_tokens=2),
        Raw((stream_of({"error": BROKEN["message"]}),)),
        Raw((stream_of({"object": "error", **BROKEN}),)),
        Raw((b"event: error\n" + stream_of({"error": BROKEN}),)),
    ],
)
def test_the_servers_own_error_is_passed_on(
    engine: OpenAIEngine, server: OpenAIEmulator, fault: Refuse | Raw
) -> None:
    server.fail_next(fault)
    with pytest.raises(EngineFailed, match="the runner process has terminated") as failed:
        list(engine.generate(ask("hola")))
    assert "<" not in failed.value.message
    assert engine.alive()


@pytest.mark.parametrize(
    "fault",
    [
        Raw((b"data: <html>\n\n",), after_tokens=1),
        Raw((b"data: [1]\n\n",)),
        Raw((b'data: {"choices": [1]}\n\n',)),
        Raw((b'data: {"choices": [{"delta": {"content": 7}}]}\n\n',)),
        Raw((b'data: {"choices": 3}\n\n',)),
        Raw((b'data: {"choices": [], "usage": "much"}\n\n',)),
        Raw((b'data: {"choices": [], "usage": {"prompt_tokens": Infinity}}\n\n',)),
        Raw((b"data: " + b"[" * 100_000 + b"\n\n",)),
        Raw((b'data: {"choices": [], "usage": {"prompt_tokens": "many"}}\n\n',)),
        Raw((b"data: \xff\n\n",)),
        Refuse(200, '{"choices": []}'),
        Refuse(200, "nonsense", "application/json"),
    ],
)
def test_nonsense_is_a_failure(
    engine: OpenAIEngine, server: OpenAIEmulator, fault: Raw | Refuse
) -> None:
    server.fail_next(fault)
    with pytest.raises(EngineFailed, match="does not answer as an OpenAI-compatible server"):
        list(engine.generate(ask("hola")))


def test_an_error_after_the_end_takes_nothing_back(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    whole = b'data: {"choices": [{"delta": {"content": "hola"}, "finish_reason": "stop"}]}\n\n'
    server.fail_next(Raw((whole, b"data: <html>\n\n")))
    assert answer(engine, ask("hola")) == "hola"


def test_a_long_error_is_shortened(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    server.fail_next(Refuse(500, "palabra\n" * 10_000, "text/plain"))
    with pytest.raises(EngineFailed) as failed:
        list(engine.generate(ask("hola")))
    assert len(failed.value.message) < 700
    assert "\n" not in failed.value.message


def test_a_model_removed_meanwhile_is_unavailable(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    server.models.clear()
    with pytest.raises(ModelUnavailable, match="qwen3-4b"):
        list(engine.generate(ask("hola")))
    assert not engine.alive()


def test_a_server_that_went_away_is_a_crash() -> None:
    with OpenAIEmulator(MODELS) as other:
        engine = open_openai(spec_for(other))
    with pytest.raises(EngineCrashed, match="cannot be reached"):
        list(engine.generate(ask("hola")))
    assert not engine.alive()
    assert engine.memory_mb() is None
    engine.close()


@pytest.mark.parametrize("after_tokens", [0, 2])
def test_a_server_that_falls_silent_is_given_up_after_the_configured_time(
    server: OpenAIEmulator, after_tokens: int
) -> None:
    engine = open_openai(replace(spec_for(server), read_timeout_s=0.2))
    server.fail_next(Stall(after_tokens))
    with pytest.raises(EngineFailed, match="stayed silent"):
        list(engine.generate(ask("hola")))
    engine.close()
