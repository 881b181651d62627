"""Answers, and what is sent for them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.engines.openai_http import OpenAIEngine, open_openai
from core.engines.protocol import Completion, GenerationRequest, Message, TextDelta
from core.errors import EngineFailed
from tests.engines.openai_http.requests import MODELS, answer, ask, spec_for, text_of
from tests.openai_emulator import OpenAIEmulator, Raw


def event(delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return f"data: {json.dumps({'choices': [choice], **more})}\n\n".encode()


def test_an_answer_is_deltas_and_then_one_completion(engine: OpenAIEngine) -> None:
    items = list(engine.generate(ask("¿Qué hora es?")))
    *deltas, end = items
    assert len(deltas) == 42
    assert all(isinstance(delta, TextDelta) and delta.text for delta in deltas)
    assert text_of(items).startswith("reply ")
    assert isinstance(end, Completion)
    assert end.finish_reason == "stop"
    usage = end.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.reused_tokens) == (4 + 5, 42, 3)
    assert (usage.prompt_ms, usage.completion_ms) == (2.0 * 6, 2.0 * 42)


def test_every_setting_reaches_the_server(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    list(engine.generate(ask("a", max_tokens=7, temperature=0.5, top_p=0.9, seed=3, stop=("fin",))))
    assert server.requests()[0].body == {
        "model": "qwen3-4b",
        "messages": [{"role": "user", "content": "a"}],
        "max_tokens": 7,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 3,
        "stop": ["fin"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_what_is_not_set_is_not_sent(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    answer(engine, ask("a"))
    assert not {"seed", "stop"} & server.requests()[0].body.keys()


def test_roles_and_texts_reach_the_server(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    messages = (
        Message.text("system", "Eres SARAi."),
        Message("user", ("uno", "dos")),
        Message.text("assistant", "¿tres?"),
        Message.text("user", "no"),
    )
    answer(engine, GenerationRequest(messages))
    assert [(m["role"], m["content"]) for m in server.requests()[0].body["messages"]] == [
        ("system", "Eres SARAi."),
        ("user", "uno\ndos"),
        ("assistant", "¿tres?"),
        ("user", "no"),
    ]


def test_the_seed_decides_unless_greedy(engine: OpenAIEngine) -> None:
    warm = [answer(engine, ask("a", temperature=0.8, seed=seed)) for seed in (1, 1, 2)]
    assert warm[0] == warm[1] != warm[2]


def test_several_threads_each_get_their_own_answer(engine: OpenAIEngine) -> None:
    questions = [f"pregunta {number}" for number in range(8)]
    alone = [answer(engine, ask(question)) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: answer(engine, ask(question)), questions))
    assert together == alone
    assert len(set(alone)) == len(questions)


def test_separated_thoughts_stay_out(server: OpenAIEmulator) -> None:
    thinker = open_openai(spec_for(server, "thinker"))
    assert answer(thinker, ask("2+2")).startswith("reply ")


def test_thoughts_between_tags_stay_out(server: OpenAIEmulator) -> None:
    assert answer(open_openai(spec_for(server, "bare")), ask("2+2")) == "La respuesta es 4."


def test_a_newer_server_gets_the_newer_name_of_the_limit() -> None:
    with OpenAIEmulator(MODELS, dialect="openai") as server:
        engine = open_openai(spec_for(server))
        for _ in range(2):
            assert len(answer(engine, ask("hola", max_tokens=3)).split()) == 3
        limits = [
            sorted(key for key in request.body if key.startswith("max_"))
            for request in server.requests()
        ]
    assert limits == [["max_tokens"], ["max_completion_tokens"], ["max_completion_tokens"]]


def test_several_threads_learn_the_newer_name_at_once() -> None:
    with OpenAIEmulator(MODELS, dialect="openai") as server:
        engine = open_openai(spec_for(server))
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: answer(engine, ask("hola")), range(8)))
        requests = server.requests()
    assert len(set(answers)) == 1
    # Else one thread's connection could end with another thread's request.
    assert {request.headers["connection"] for request in requests} == {"close"}


def test_a_content_filter_is_told(server: OpenAIEmulator) -> None:
    items = open_openai(spec_for(server, "filtered")).generate(ask("hola"))
    assert isinstance(next(items), TextDelta)
    with pytest.raises(EngineFailed, match="content filter"):
        list(items)


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ((event({"content": "hola"}, "stop"),), "stop"),
        ((event({"content": "hola"}), event({}, "length"), b"data: [DONE]\n\n"), "length"),
        ((event({"content": "hola"}), b"data: [DONE]\n\n"), "stop"),
        ((event({"content": "hola"}), event({}, "eos")), "stop"),
        ((event({"content": "hola"}), event({}, "tool_calls")), "stop"),
        ((b": ping\n\n", event({"content": "hola"}, "stop")[:-1], b"\r\n"), "stop"),
        ((event({"content": "ho"}), event({"content": "la"}, "stop", usage=None)), "stop"),
    ],
)
def test_ends_as_the_servers_write_them(
    engine: OpenAIEngine, server: OpenAIEmulator, pieces: tuple[bytes, ...], reason: str
) -> None:
    server.fail_next(Raw(pieces))
    items = list(engine.generate(ask("¿qué?")))
    end = items[-1]
    assert text_of(items) == "hola"
    assert isinstance(end, Completion)
    assert end.finish_reason == reason
    # Without figures from the server: the estimate, and a token for each piece.
    assert end.usage.prompt_tokens == 8 + 3
    assert end.usage.completion_tokens == sum(b"content" in piece for piece in pieces)


def test_half_an_emoji_waits_for_its_other_half(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    halves = (event({"content": "a\ud83d"}), event({"content": "\ude00b"}, "stop"))
    server.fail_next(Raw(halves))
    texts = [item.text for item in engine.generate(ask("x")) if isinstance(item, TextDelta)]
    assert texts == ["a", "😀b"]
    server.fail_next(Raw((event({"content": "a\ud83d"}), event({"content": "b"}, "stop"))))
    assert answer(engine, ask("x")) == "a\ufffdb"
