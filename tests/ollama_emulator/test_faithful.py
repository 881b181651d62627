"""The emulator against Ollama's own Python client and its models of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import ollama
import pytest
from langchain_ollama import ChatOllama, OllamaEmbeddings

from tests.ollama_emulator import Drop, EmulatedModel, OllamaEmulator

CHAT = EmulatedModel("solar:10.7b", reply="uno dos tres", parameters='stop    "### User:"')
EMBEDDER = EmulatedModel("nomic:latest", capabilities=("embedding",), embedding_length=8)
CALLER = EmulatedModel(
    "caller:1b",
    capabilities=("completion", "tools"),
    reply="I look",
    calls=(("look", {"city": "París"}),),
)
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
THINKER = EmulatedModel("qwen3:4b", capabilities=("completion", "thinking"), reply="4")
HELLO = [{"role": "user", "content": "hola a todos"}]


@pytest.fixture
def server() -> Iterator[OllamaEmulator]:
    models = [CHAT, EMBEDDER, THINKER, CALLER]
    with OllamaEmulator(models, registry=[EmulatedModel("phi:2b")]) as emulator:
        yield emulator


@pytest.fixture
def client(server: OllamaEmulator) -> Iterator[ollama.Client]:
    with ollama.Client(server.base_url, trust_env=False) as stock:
        yield stock


def test_list_show_and_ps_hold_the_fields_of_the_client(client: ollama.Client) -> None:
    assert [model.model for model in client.list().models] == [
        "solar:10.7b",
        "nomic:latest",
        "qwen3:4b",
        "caller:1b",
    ]
    shown = client.show("SOLAR:10.7b")
    assert shown.capabilities == ["completion"]
    assert shown.modelinfo is not None
    assert shown.modelinfo["llama.context_length"] == 8192
    assert client.ps().models == []
    client.generate("nomic")
    [loaded] = client.ps().models
    assert (loaded.model, loaded.size, loaded.context_length) == ("nomic:latest", 2**29, 4096)


@pytest.mark.parametrize(
    ("path", "model", "body"),
    [
        ("/api/tags", ollama.ListResponse, None),
        ("/api/ps", ollama.ProcessResponse, None),
        ("/api/show", ollama.ShowResponse, {"model": "solar:10.7b"}),
        ("/api/chat", ollama.ChatResponse, {"model": "qwen3:4b", "messages": HELLO}),
        ("/api/generate", ollama.GenerateResponse, {"model": "solar:10.7b"}),
        ("/api/embed", ollama.EmbedResponse, {"model": "nomic", "input": "hola"}),
    ],
)
def test_every_answer_has_only_fields_that_the_client_knows(
    server: OllamaEmulator, path: str, model: Any, body: dict[str, Any] | None
) -> None:
    with httpx.Client(base_url=server.base_url, trust_env=False) as http:
        http.post("/api/generate", json={"model": "solar:10.7b"})
        answer = http.get(path) if body is None else http.post(path, json={**body, "stream": False})
    known = {field.alias or name for name, field in model.model_fields.items()}
    assert answer.is_success
    assert set(answer.json()) <= known
    model.model_validate(answer.json(), strict=False)


def test_chat_whole_and_streamed_say_the_same(client: ollama.Client) -> None:
    whole = client.chat("solar:10.7b", HELLO)
    pieces = list(client.chat("solar:10.7b", HELLO, stream=True))
    assert whole.message.content == "uno dos tres"
    assert [piece.message.content for piece in pieces] == ["uno", " dos", " tres", ""]
    assert pieces[-1].done_reason == whole.done_reason == "stop"
    assert pieces[-1].prompt_eval_count == whole.prompt_eval_count == 4 + 3
    assert pieces[-1].eval_count == 3


def test_thoughts_are_separate_unless_turned_off(client: ollama.Client) -> None:
    assert client.chat("qwen3:4b", HELLO).message.thinking == "first let me think"
    assert client.chat("qwen3:4b", HELLO, think=False).message.thinking is None
    with pytest.raises(ollama.ResponseError, match="does not support thinking"):
        client.chat("solar:10.7b", HELLO, think=True)


def test_tools_are_called_by_models_that_can(client: ollama.Client) -> None:
    whole = client.chat("caller:1b", HELLO, tools=[LOOK])
    assert whole.message.content == "I look"
    assert whole.message.tool_calls is not None
    [call] = whole.message.tool_calls
    assert (call.function.name, call.function.arguments) == ("look", {"city": "París"})
    pieces = list(client.chat("caller:1b", HELLO, tools=[LOOK], stream=True))
    assert [piece.message.tool_calls for piece in pieces if piece.message.tool_calls] == [[call]]
    assert client.chat("caller:1b", HELLO).message.tool_calls is None
    with pytest.raises(ollama.ResponseError, match="does not support tools"):
        client.chat("solar:10.7b", HELLO, tools=[LOOK])


def test_a_format_is_kept_to(client: ollama.Client) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}}
    assert client.chat("solar:10.7b", HELLO, format=schema).message.content == '{"n": 3}'
    assert client.chat("solar:10.7b", HELLO, format="json").message.content == "{}"


def test_a_long_chat_loses_its_oldest_messages_by_default(client: ollama.Client) -> None:
    long = [{"role": "user", "content": "palabra " * 90}, *HELLO]
    answer = client.chat("solar:10.7b", long, options={"num_ctx": 64})
    assert answer.prompt_eval_count == 4 + 3


def test_embeddings_are_unit_vectors_and_similar_texts_are_close(client: ollama.Client) -> None:
    texts = ["el gato duerme", "el gato come", "quarterly tax report"]
    near, same, far = client.embed("nomic", texts).embeddings
    assert sum(x * x for x in near) == pytest.approx(1)
    assert sum(a * b for a, b in zip(near, same, strict=True)) > sum(
        a * b for a, b in zip(near, far, strict=True)
    )


def test_pull_reports_progress_and_installs(client: ollama.Client) -> None:
    steps = list(client.pull("phi:2b", stream=True))
    assert steps[0].status == "pulling manifest"
    assert steps[-1].status == "success"
    assert steps[3].completed == steps[3].total == 2**29
    assert "phi:2b" in [model.model for model in client.list().models]
    with pytest.raises(ollama.ResponseError, match="file does not exist"):
        client.pull("unheard-of")


def test_unknown_models_and_paths_are_404(client: ollama.Client, server: OllamaEmulator) -> None:
    client.delete("solar:10.7b")
    with pytest.raises(ollama.ResponseError) as missing:
        client.chat("solar:10.7b", HELLO)
    assert missing.value.status_code == 404
    assert httpx.get(f"{server.base_url}/v2", trust_env=False).status_code == 404


def test_a_dropped_connection_breaks_the_stream(
    client: ollama.Client, server: OllamaEmulator
) -> None:
    server.fail_next(Drop(after_tokens=2))
    seen: list[str | None] = []
    with pytest.raises(httpx.RemoteProtocolError):
        for piece in client.chat("solar:10.7b", HELLO, stream=True):
            seen.append(piece.message.content)
    assert seen == ["uno", " dos"]
    assert client.chat("solar:10.7b", HELLO).message.content == "uno dos tres"


def test_the_stock_langchain_client_works(server: OllamaEmulator) -> None:
    # No kept-alive connection, since these clients cannot be closed.
    no_rest = {"limits": httpx.Limits(max_keepalive_connections=0)}
    chat = ChatOllama(
        model="solar:10.7b",
        base_url=server.base_url,
        validate_model_on_init=True,
        client_kwargs=no_rest,
    )
    answer = chat.invoke("hola")
    assert answer.content == "uno dos tres"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["output_tokens"] == 3
    embedder = OllamaEmbeddings(model="nomic", base_url=server.base_url, client_kwargs=no_rest)
    vectors = embedder.embed_documents(["a", "b"])
    assert [len(vector) for vector in vectors] == [8, 8]
