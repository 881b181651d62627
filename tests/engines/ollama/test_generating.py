"""Answers, and what is sent for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.engines.ollama import OllamaEngine, open_ollama
from core.engines.protocol import (
    Completion,
    GenerationRequest,
    Message,
    TextDelta,
)
from tests.engines.ollama.requests import answer, ask, spec_for, text_of
from tests.ollama_emulator import (
    OllamaEmulator,
)


def test_an_answer_is_deltas_and_then_one_completion(engine: OllamaEngine) -> None:
    items = list(engine.generate(ask("¿Qué hora es?")))
    *deltas, end = items
    assert len(deltas) > 10
    assert all(isinstance(delta, TextDelta) and delta.text for delta in deltas)
    assert text_of(items).startswith("reply ")
    assert isinstance(end, Completion)
    assert end.finish_reason == "stop"
    assert (end.usage.prompt_tokens, end.usage.completion_tokens) == (4 + 5, len(deltas))
    assert (end.usage.prompt_ms, end.usage.completion_ms) == (2.0 * 9, 2.0 * len(deltas))


def test_every_setting_reaches_the_server(engine: OllamaEngine, server: OllamaEmulator) -> None:
    list(engine.generate(ask("a", max_tokens=7, temperature=0.5, top_p=0.9, seed=3, stop=("fin",))))
    body = server.requests("/api/chat")[0].body
    assert body["options"] == {
        "num_ctx": 2048,
        "num_predict": 7,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 3,
        "stop": ["### User:", "</s>", "fin"],
    }
    assert (body["think"], body["truncate"], body["shift"]) == (False, False, False)


def test_without_own_stop_strings_the_modelfile_keeps_its(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    answer(engine, ask("a"))
    options = server.requests("/api/chat")[0].body["options"]
    assert "stop" not in options
    assert "seed" not in options


def test_roles_and_texts_reach_the_server(engine: OllamaEngine, server: OllamaEmulator) -> None:
    messages = (
        Message.text("system", "Eres SARAi."),
        Message("user", ("uno", "dos")),
        Message.text("assistant", "¿tres?"),
        Message.text("user", "no"),
    )
    answer(engine, GenerationRequest(messages))
    assert [
        (m["role"], m["content"]) for m in server.requests("/api/chat")[0].body["messages"]
    ] == [
        ("system", "Eres SARAi."),
        ("user", "uno\ndos"),
        ("assistant", "¿tres?"),
        ("user", "no"),
    ]


def test_length_and_stop_strings_end_the_answer(engine: OllamaEngine) -> None:
    whole = answer(engine, ask("hola"))
    items = list(engine.generate(ask("hola", max_tokens=3)))
    end = items[-1]
    assert isinstance(end, Completion)
    assert end.finish_reason == "length"
    assert text_of(items) == " ".join(whole.split()[:3])
    stop = whole.split()[5]
    assert answer(engine, ask("hola", stop=(stop,))) == whole[: whole.index(stop)]


def test_the_seed_decides_unless_greedy(engine: OllamaEngine) -> None:
    warm = [answer(engine, ask("a", temperature=0.8, seed=seed)) for seed in (1, 1, 2)]
    assert warm[0] == warm[1] != warm[2]
    assert answer(engine, ask("a", seed=1)) == answer(engine, ask("a", seed=2))


def test_several_threads_each_get_their_own_answer(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    questions = [f"pregunta {number}" for number in range(8)]
    alone = [answer(engine, ask(question)) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: answer(engine, ask(question)), questions))
    assert together == alone
    assert len(set(alone)) == len(questions)
    # Else one thread's connection could end with another thread's request.
    chats = server.requests("/api/chat")
    assert all(("connection", "close") in request.headers.items() for request in chats)


@pytest.mark.parametrize("name", ["qwen3:4b", "gpt-oss:20b"])
def test_separated_thoughts_stay_out(server: OllamaEmulator, name: str) -> None:
    assert answer(open_ollama(spec_for(server, name)), ask("2+2")).startswith("reply ")


def test_thoughts_between_tags_stay_out(server: OllamaEmulator) -> None:
    bare = open_ollama(spec_for(server, "bare"))
    assert answer(bare, ask("2+2")) == "La respuesta es 4."
    # Cut off in the middle of the thought: no text at all.
    items = list(bare.generate(ask("2+2", max_tokens=2)))
    assert text_of(items) == ""
    assert isinstance(items[-1], Completion)


def test_an_answer_that_only_looks_like_a_thought_is_shown(server: OllamaEmulator) -> None:
    assert answer(open_ollama(spec_for(server, "less")), ask("¿1 o 2?")) == "<"
