"""The emulator against the shapes that the real servers were seen to send.

No client of OpenAI's is among our libraries. What is held here was recorded from llama.cpp's
own server (commit 0c1e570, a chat of two tokens), and the fields that OpenAI's reference calls
required.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.openai_emulator import EmulatedModel, OpenAIEmulator

MODEL = EmulatedModel("qwen3-4b", reply="uno dos tres")
HELLO = [{"role": "user", "content": "hola a todos"}]

CHUNK = {"id", "object", "created", "model", "choices"}
CHOICE = {"index", "delta", "finish_reason"}
USAGE = {"prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details"}
TIMINGS = {"cache_n", "prompt_n", "prompt_ms", "predicted_n", "predicted_ms"}


@pytest.fixture
def server() -> Iterator[OpenAIEmulator]:
    with OpenAIEmulator([MODEL]) as emulator:
        yield emulator


@pytest.fixture
def http(server: OpenAIEmulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        yield client


def streamed(http: httpx.Client, **body: Any) -> list[str]:
    answer = http.post(
        "/chat/completions", json={"model": "qwen3-4b", "messages": HELLO, "stream": True, **body}
    )
    assert answer.headers["content-type"] == "text/event-stream"
    *events, rest = answer.text.split("\n\n")
    assert rest == ""
    return [event.removeprefix("data: ") for event in events]


def test_a_stream_is_chunks_and_then_its_end_mark(http: httpx.Client) -> None:
    *chunks, mark = streamed(http)
    assert mark == "[DONE]"
    found = [json.loads(chunk) for chunk in chunks]
    assert all(chunk.keys() - {"timings"} == CHUNK for chunk in found)
    choices = [chunk["choices"][0] for chunk in found]
    assert all(choice.keys() == CHOICE for choice in choices)
    assert [choice["delta"] for choice in choices] == [
        {"role": "assistant", "content": None},
        {"content": "uno"},
        {"content": " dos"},
        {"content": " tres"},
        {},
    ]
    assert [choice["finish_reason"] for choice in choices] == [None, None, None, None, "stop"]


def test_figures_come_only_when_asked_for_in_a_chunk_without_choices(http: httpx.Client) -> None:
    assert not any("usage" in event for event in streamed(http))
    *_, last, mark = streamed(http, stream_options={"include_usage": True})
    figures = json.loads(last)
    assert mark == "[DONE]"
    assert figures["choices"] == []
    assert figures["usage"].keys() == USAGE
    assert figures["usage"]["total_tokens"] == 4 + 3 + 3
    assert figures["timings"].keys() == TIMINGS


def test_whole_and_streamed_say_the_same(http: httpx.Client) -> None:
    whole = http.post("/chat/completions", json={"model": "qwen3-4b", "messages": HELLO}).json()
    assert whole["object"] == "chat.completion"
    assert whole["choices"][0]["message"] == {"role": "assistant", "content": "uno dos tres"}
    assert whole["usage"].keys() == USAGE


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_either_name_of_the_limit_cuts_the_answer(http: httpx.Client, limit: str) -> None:
    *_, end, _ = streamed(http, **{limit: 2})
    assert json.loads(end)["choices"][0]["finish_reason"] == "length"


def test_models_and_embeddings_have_the_fields_of_the_reference(http: httpx.Client) -> None:
    models = http.get("/models").json()
    assert models["object"] == "list"
    assert models["data"][0].keys() == {"id", "object", "created", "owned_by", "meta"}
    body = {"model": "qwen3-4b", "input": ["a", "b c"]}
    answer = http.post("/embeddings", json=body).json()
    assert answer["usage"] == {"prompt_tokens": 3, "total_tokens": 3}
    assert sorted(entry["index"] for entry in answer["data"]) == [0, 1]
    assert all(entry.keys() == {"object", "index", "embedding"} for entry in answer["data"])


def test_unknown_models_and_paths_are_404(http: httpx.Client) -> None:
    body = {"model": "unheard-of", "messages": HELLO}
    assert http.post("/chat/completions", json=body).status_code == 404
    missing = http.get("/nowhere")
    assert missing.status_code == 404
    assert missing.json()["error"]["type"] == "not_found_error"
