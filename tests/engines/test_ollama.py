"""OllamaEngine against an emulated server: real HTTP, real faults."""

from __future__ import annotations

import base64
import io
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import langsmith
import numpy as np
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableLambda
from langsmith.utils import tracing_is_enabled
from PIL import Image

from core.cancellation import Cancellation
from core.engines.ollama import OllamaEngine, open_ollama
from core.engines.ollama.transport import Exchange
from core.engines.protocol import (
    Capabilities,
    Completion,
    Engine,
    EngineSpec,
    GenerationRequest,
    Message,
    TextDelta,
)
from core.errors import (
    Cancelled,
    ContextOverflow,
    EngineCrashed,
    EngineFailed,
    ModelLacksModality,
    ModelUnavailable,
)
from core.media.content import AudioClip, RgbImage
from tests.ollama_emulator import (
    Drop,
    EmulatedModel,
    EndEarly,
    Line,
    OllamaEmulator,
    Refuse,
    Slow,
    Stall,
)

WAIT_S = 5.0
MODELS = [
    EmulatedModel("solar:10.7b", parameters='num_keep  24\nstop      "### User:"\nstop  "</s>"'),
    EmulatedModel("llava:latest", capabilities=("completion", "vision")),
    EmulatedModel("qwen3:4b", capabilities=("completion", "thinking")),
    EmulatedModel("gpt-oss:20b", capabilities=("completion", "thinking"), always_thinks=True),
    EmulatedModel("bare:latest", reply="<think>a <b> secret</think>\n\nLa respuesta es 4."),
    EmulatedModel("short:latest", context_length=64),
    EmulatedModel("nomic:latest", capabilities=("embedding",), context_length=64),
    EmulatedModel("big:120b-cloud", remote_host="https://ollama.com:443"),
]


@pytest.fixture
def server() -> Iterator[OllamaEmulator]:
    with OllamaEmulator(MODELS) as emulator:
        yield emulator


@pytest.fixture
def engine(server: OllamaEmulator) -> Iterator[OllamaEngine]:
    opened = open_ollama(spec_for(server))
    yield opened
    opened.close()


def spec_for(server: OllamaEmulator, remote_model: str = "solar:10.7b") -> EngineSpec:
    return EngineSpec(
        model="expert",
        engine="ollama",
        context_tokens=2048,
        threads=2,
        remote_model=remote_model,
        base_url=server.base_url,
    )


def ask(*parts: str | RgbImage | AudioClip, **settings: Any) -> GenerationRequest:
    return GenerationRequest((Message("user", parts),), **{"temperature": 0.0, **settings})


def text_of(items: list[TextDelta | Completion]) -> str:
    return "".join(item.text for item in items if isinstance(item, TextDelta))


def answer(engine: Engine, request: GenerationRequest) -> str:
    return text_of(list(engine.generate(request)))


# Opening


def test_opening_reads_what_the_model_can_do(server: OllamaEmulator) -> None:
    told: list[float] = []
    engine: Engine = open_ollama(spec_for(server, "llava"), progress=told.append)
    assert engine.model == "expert"
    assert engine.capabilities == Capabilities(chat=True, vision=True)
    assert engine.context_tokens == 2048
    assert told == [1.0]


def test_the_context_is_at_most_the_models_own(server: OllamaEmulator) -> None:
    engine = open_ollama(spec_for(server, "short"))
    assert engine.context_tokens == 64
    answer(engine, ask("hola"))
    assert server.requests("/api/chat")[0].body["options"]["num_ctx"] == 64


def test_no_server_says_how_to_start_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    spec = EngineSpec("expert", "ollama", 2048, 2, base_url=f"127.0.0.1:{port}")
    with pytest.raises(ModelUnavailable, match=f"does not answer at http://127.0.0.1:{port}") as no:
        open_ollama(spec)
    assert "ollama serve" in no.value.hint
    assert no.value.model == "expert"


def test_a_server_that_is_not_ollama_is_unavailable(server: OllamaEmulator) -> None:
    server.fail_next(Refuse(502, "<html>bad gateway"), "/api/version")
    with pytest.raises(ModelUnavailable, match="does not answer"):
        open_ollama(spec_for(server))


def test_a_missing_model_says_how_to_get_it(server: OllamaEmulator) -> None:
    with pytest.raises(ModelUnavailable) as missing:
        open_ollama(spec_for(server, "solar:70b"))
    assert missing.value.hint == "Get it with `ollama pull solar:70b`."


@pytest.mark.parametrize("name", ["llava", "LLaVA:latest", "library/llava", "Llava:LATEST"])
def test_names_are_compared_as_ollama_does(server: OllamaEmulator, name: str) -> None:
    assert open_ollama(spec_for(server, name)).alive()


def test_a_cloud_model_is_refused(server: OllamaEmulator) -> None:
    with pytest.raises(ModelUnavailable, match=r"runs at https://ollama\.com"):
        open_ollama(spec_for(server, "big:120b-cloud"))


@pytest.mark.parametrize(("version", "opens"), [("0.12.5", False), ("0.12.6-rc0", True)])
def test_an_ollama_that_always_cuts_prompts_is_refused(version: str, opens: bool) -> None:
    with OllamaEmulator(MODELS, version=version) as server:
        if opens:
            assert open_ollama(spec_for(server)).alive()
        else:
            with pytest.raises(ModelUnavailable, match=r"0\.12\.5 .* too old"):
                open_ollama(spec_for(server))


def test_opening_can_be_cancelled(server: OllamaEmulator) -> None:
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(Cancelled):
        open_ollama(spec_for(server), cancel=cancel)


# Generating


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


def test_several_threads_each_get_their_own_answer(engine: OllamaEngine) -> None:
    questions = [f"pregunta {number}" for number in range(8)]
    alone = [answer(engine, ask(question)) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: answer(engine, ask(question)), questions))
    assert together == alone
    assert len(set(alone)) == len(questions)


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


# Media


def test_images_arrive_as_the_same_pixels(server: OllamaEmulator) -> None:
    rng = np.random.default_rng(1)
    frames = [
        RgbImage(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8), time_s=t) for t in (0.0, 0.5)
    ]
    engine = open_ollama(spec_for(server, "llava"))
    replies = [answer(engine, ask(*images, "¿Qué ves?")) for images in (frames, frames[::-1])]
    assert replies[0] != replies[1]
    [message] = server.requests("/api/chat")[0].body["messages"]
    assert message["content"].strip() == "¿Qué ves?"
    for frame, encoded in zip(frames, message["images"], strict=True):
        received = Image.open(io.BytesIO(base64.b64decode(encoded)))
        assert received.format == "PNG"
        np.testing.assert_array_equal(np.asarray(received), frame.pixels)


def test_media_that_the_model_cannot_take_is_refused(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    image = RgbImage(np.zeros((2, 2, 3), dtype=np.uint8))
    sound = AudioClip(np.zeros(16, dtype=np.float32))
    with pytest.raises(ModelLacksModality, match="images"):
        list(engine.generate(ask(image, "?")))
    with pytest.raises(ModelLacksModality, match="hear"):
        engine.count_tokens([Message("user", (sound,))])
    with pytest.raises(ModelLacksModality, match="not chat"):
        list(open_ollama(spec_for(server, "nomic")).generate(ask("hola")))
    assert server.requests("/api/chat") == []


# The context


def test_a_prompt_that_surely_overflows_is_never_sent(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    with pytest.raises(ContextOverflow) as over:
        list(engine.generate(ask("palabra " * 2049)))
    assert (over.value.prompt_tokens, over.value.context_tokens) == (2049, 2048)
    assert server.requests("/api/chat") == []


def test_a_prompt_that_overflows_by_the_servers_count_is_refused_not_cut(
    engine: OllamaEngine,
) -> None:
    with pytest.raises(ContextOverflow) as over:
        list(engine.generate(ask("¿?" * 1500)))
    assert over.value.prompt_tokens > 2048


def test_an_answer_ends_at_the_edge_of_the_context(server: OllamaEmulator) -> None:
    engine = open_ollama(spec_for(server, "short"))
    items = list(engine.generate(ask("palabra " * 50)))
    assert items[-1] == Completion("length", items[-1].usage)  # type: ignore[union-attr]
    assert len(text_of(items).split()) == 64 - (4 + 50)


def test_a_server_that_cuts_all_the_same_is_caught(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    end = {"message": {"role": "assistant", "content": ""}, "done": True, "prompt_eval_count": 9}
    server.fail_next(Line(json.dumps(end), after_tokens=2))
    with pytest.raises(EngineFailed, match=r"read 9 tokens .* at least 10"):
        list(engine.generate(ask("palabra " * 10)))


def test_the_estimate_is_above_the_true_count(engine: OllamaEngine) -> None:
    for text in ("¿Dónde está la biblioteca más cercana?", "def f(x): return x + 1", "2025-11-20"):
        end = list(engine.generate(ask(text)))[-1]
        assert isinstance(end, Completion)
        counted = engine.count_tokens([Message.text("user", text)])
        assert end.usage.prompt_tokens <= counted <= 4 * end.usage.prompt_tokens


def test_an_image_counts_as_the_largest_one(server: OllamaEmulator) -> None:
    engine = open_ollama(replace(spec_for(server, "llava"), image_max_tokens=300))
    image = RgbImage(np.zeros((2, 2, 3), dtype=np.uint8))
    with_image = engine.count_tokens([Message("user", ("hola", image))])
    assert with_image - engine.count_tokens([Message.text("user", "hola")]) == 300


# Stopping


@pytest.mark.parametrize("after_tokens", [0, 3])
def test_cancelling_ends_a_stalled_answer_at_once(
    engine: OllamaEngine, server: OllamaEmulator, after_tokens: int
) -> None:
    server.fail_next(Stall(after_tokens))
    cancel = Cancellation()
    with ThreadPoolExecutor(1) as threads:
        items = threads.submit(lambda: list(engine.generate(ask("hola"), cancel)))
        request = server.wait_for("/api/chat")
        if after_tokens:
            assert request.streaming.wait(WAIT_S)
        cancel.cancel()
        *deltas, end = items.result(WAIT_S)
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"
    assert len(deltas) == end.usage.completion_tokens <= after_tokens
    assert request.disconnected.wait(WAIT_S)


def test_cancelling_between_two_deltas_ends_the_answer(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Slow(token_s=0.02))
    cancel = Cancellation()
    items = engine.generate(ask("hola"), cancel)
    assert isinstance(next(items), TextDelta)
    cancel.cancel()
    end = list(items)
    assert [type(item) for item in end] == [Completion]
    assert server.requests("/api/chat")[0].disconnected.wait(WAIT_S)


def test_what_is_cancelled_before_it_starts_sends_nothing(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    cancel = Cancellation()
    cancel.cancel()
    [end] = engine.generate(ask("hola"), cancel)
    assert isinstance(end, Completion)
    assert end.finish_reason == "cancelled"
    assert server.requests("/api/chat") == []


def test_closing_the_iterator_stops_the_server(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Stall(after_tokens=1))
    items = engine.generate(ask("hola"))
    next(items)
    items.close()
    assert server.requests("/api/chat")[0].disconnected.wait(WAIT_S)
    assert answer(engine, ask("hola")).startswith("reply ")


def test_cancelling_one_answer_leaves_the_other(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Stall(after_tokens=1))
    cancel = Cancellation()
    stalled = engine.generate(ask("uno"), cancel)
    next(stalled)
    other = engine.generate(ask("dos"))
    next(other)
    cancel.cancel()
    ends = [list(stalled)[-1], list(other)[-1]]
    assert [end.finish_reason for end in ends if isinstance(end, Completion)] == [
        "cancelled",
        "stop",
    ]


# Faults


def test_a_lost_connection_is_a_crash_and_the_next_call_works(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Drop(after_tokens=2))
    items = engine.generate(ask("hola"))
    assert [type(next(items)) for _ in range(2)] == [TextDelta, TextDelta]
    with pytest.raises(EngineCrashed) as crash:
        next(items)
    assert crash.value.retryable
    assert answer(engine, ask("hola")).startswith("reply ")


@pytest.mark.parametrize("fault", [EndEarly(), EndEarly(2), Drop()])
def test_an_answer_without_its_end_is_never_taken_for_whole(
    engine: OllamaEngine, server: OllamaEmulator, fault: EndEarly | Drop
) -> None:
    server.fail_next(fault)
    with pytest.raises((EngineCrashed, EngineFailed)):
        list(engine.generate(ask("hola")))


@pytest.mark.parametrize(
    "fault",
    [
        Refuse(500, "llama runner process has terminated"),
        Line('{"error": "llama runner process has terminated"}', after_tokens=2),
    ],
)
def test_the_servers_own_error_is_passed_on(
    engine: OllamaEngine, server: OllamaEmulator, fault: Refuse | Line
) -> None:
    server.fail_next(fault)
    with pytest.raises(EngineFailed, match="llama runner process has terminated"):
        list(engine.generate(ask("hola")))
    assert engine.alive()


def test_nonsense_in_the_stream_is_a_failure(engine: OllamaEngine, server: OllamaEmulator) -> None:
    server.fail_next(Line("<html>", after_tokens=1))
    with pytest.raises(EngineFailed, match="does not answer as Ollama does"):
        list(engine.generate(ask("hola")))


def test_a_model_removed_meanwhile_is_unavailable(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.remove("solar:10.7b")
    with pytest.raises(ModelUnavailable, match="no model solar"):
        list(engine.generate(ask("hola")))
    assert not engine.alive()


def test_a_server_that_went_away_is_a_crash(server: OllamaEmulator) -> None:
    with OllamaEmulator(MODELS) as other:
        engine = open_ollama(spec_for(other))
    with pytest.raises(EngineCrashed, match="ollama serve"):
        list(engine.generate(ask("hola")))
    assert not engine.alive()
    assert engine.memory_mb() is None
    engine.close()


# Embedding


@pytest.fixture
def embedder(server: OllamaEmulator) -> OllamaEngine:
    return open_ollama(replace(spec_for(server, "nomic"), embeddings=True))


def test_embeddings_are_unit_rows_in_order(embedder: OllamaEngine, server: OllamaEmulator) -> None:
    texts = [f"texto número {number}" for number in range(70)]
    matrix = embedder.embed(texts)
    assert matrix.shape == (70, 16)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(matrix[42], embedder.embed([texts[42]])[0], atol=1e-6)
    bodies = [request.body for request in server.requests("/api/embed")]
    assert [len(body["input"]) for body in bodies] == [32, 32, 6, 1]
    assert all(body["truncate"] is False for body in bodies)


def test_no_texts_give_no_rows(embedder: OllamaEngine, server: OllamaEmulator) -> None:
    assert embedder.embed([]).shape == (0, 16)
    assert server.requests("/api/embed") == []


@pytest.mark.parametrize("text", ["palabra " * 65, "¿?" * 40])
def test_a_text_that_is_too_long_is_refused_not_cut(embedder: OllamaEngine, text: str) -> None:
    with pytest.raises(ContextOverflow):
        embedder.embed(["corto", text])


def test_a_chat_model_does_not_embed(engine: OllamaEngine) -> None:
    with pytest.raises(ModelLacksModality, match="embeddings"):
        engine.embed(["hola"])


# Memory, closing, privacy


def test_memory_is_known_while_the_model_is_loaded(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    assert engine.memory_mb() is None
    answer(engine, ask("hola"))
    assert engine.memory_mb() == 512.0
    engine.close()
    assert not server.is_loaded("solar:10.7b")
    assert engine.memory_mb() is None


def test_a_closed_engine_stays_closed(engine: OllamaEngine, server: OllamaEmulator) -> None:
    engine.close()
    engine.close()
    assert not engine.alive()
    assert len(server.requests("/api/generate")) == 1
    with pytest.raises(EngineCrashed, match="closed"):
        list(engine.generate(ask("hola")))
    with pytest.raises(EngineCrashed, match="closed"):
        engine.count_tokens([Message.text("user", "hola")])


def test_closing_breaks_off_what_runs(engine: OllamaEngine, server: OllamaEmulator) -> None:
    server.fail_next(Stall())
    with ThreadPoolExecutor(1) as threads:
        items = threads.submit(lambda: list(engine.generate(ask("hola"))))
        request = server.wait_for("/api/chat")
        engine.close()
        with pytest.raises(EngineCrashed):
            items.result(WAIT_S)
    assert request.disconnected.wait(WAIT_S)


def test_closing_without_a_server_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with OllamaEmulator(MODELS) as gone:
        engine = open_ollama(spec_for(gone))
    engine.close()
    assert "not told to unload solar:10.7b" in caplog.text


class Eavesdropper(BaseCallbackHandler):
    """A callback of the caller's own run; it must not see the engine's tokens."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_llm_new_token(self, token: Any, **_: Any) -> None:
        self.heard.append(str(token))

    def on_chat_model_start(self, serialized: Any, messages: Any, **_: Any) -> None:
        self.heard.append("start")


def test_the_callers_callbacks_hear_nothing(engine: OllamaEngine) -> None:
    caller = Eavesdropper()
    inside: RunnableLambda[str, str] = RunnableLambda(lambda text: answer(engine, ask(text)))
    assert inside.invoke("hola", {"callbacks": [caller]}).startswith("reply ")
    assert caller.heard == []


def test_tracing_is_off_whatever_the_program_says() -> None:
    langsmith.configure(enabled=True)
    try:
        assert tracing_is_enabled() is True
        assert Exchange().run(tracing_is_enabled) is False
    finally:
        langsmith.configure(enabled=None)


def test_proxies_of_the_environment_are_not_used(
    server: OllamaEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert answer(open_ollama(spec_for(server)), ask("hola")).startswith("reply ")


def test_redirects_are_not_followed(engine: OllamaEngine, server: OllamaEmulator) -> None:
    server.fail_next(Refuse(307, "elsewhere", location="/api/generate"))
    with pytest.raises(EngineFailed):
        list(engine.generate(ask("hola")))
    assert server.requests("/api/generate") == []
