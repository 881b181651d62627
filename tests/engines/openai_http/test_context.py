"""Prompts that do not fit, and counts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import pytest

from core.engines.openai_http import OpenAIEngine, open_openai
from core.engines.protocol import Completion, Message
from core.errors import ContextOverflow, EngineFailed
from tests.engines.openai_http.requests import MODELS, ask, spec_for
from tests.openai_emulator import OpenAIEmulator, Raw, Refuse
from tests.openai_emulator.dialects import Dialect

SIGNS = "¿?" * 1500
"""3,000 tokens to the emulator, and surely no more than one to us."""


def test_a_prompt_that_surely_overflows_is_never_sent(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    with pytest.raises(ContextOverflow) as over:
        list(engine.generate(ask("palabra " * 2049)))
    assert (over.value.prompt_tokens, over.value.context_tokens) == (2049, 2048)
    assert server.requests() == []


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_every_server_says_it_in_its_own_way(dialect: Dialect) -> None:
    with OpenAIEmulator(MODELS, dialect=dialect) as server:
        engine = open_openai(spec_for(server))
        with pytest.raises(ContextOverflow) as over:
            list(engine.generate(ask(SIGNS)))
    assert over.value.prompt_tokens > over.value.context_tokens == 2048
    if dialect == "llama.cpp":
        assert over.value.prompt_tokens == 3004


@pytest.mark.parametrize(
    "error",
    [
        "This model's maximum context length is 2048 tokens. However, you requested 2148 tokens "
        "(2116 in the messages, 32 in the completion).",
        "rpc error: code = Internal desc = request (20652 tokens) exceeds the available context "
        "size (2048 tokens), try increasing it",
        "Cannot truncate prompt with n_keep (15028) >= n_ctx (2048)",
    ],
)
def test_older_and_other_words_for_it(
    engine: OpenAIEngine, server: OpenAIEmulator, error: str
) -> None:
    server.fail_next(Refuse(500, json.dumps({"error": {"message": error}})))
    with pytest.raises(ContextOverflow):
        list(engine.generate(ask("hola")))


@pytest.mark.parametrize(
    ("dialect", "told"),
    [("llama.cpp", True), ("vllm", True), ("openai", False), ("lm_studio", False)],
)
def test_the_context_is_at_most_the_servers_where_it_tells(dialect: Dialect, told: bool) -> None:
    with OpenAIEmulator(MODELS, dialect=dialect) as server:
        for configured, own in ((8192, 2048 if told else 8192), (1024, 1024)):
            spec = replace(spec_for(server), context_tokens=configured)
            assert open_openai(spec).context_tokens == own


def test_figures_in_the_servers_refusal_are_the_errors(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    error = {"type": "exceed_context_size_error", "n_prompt_tokens": 900, "n_ctx": 512}
    server.fail_next(Refuse(400, json.dumps({"error": error})))
    with pytest.raises(ContextOverflow) as over:
        list(engine.generate(ask("hola")))
    assert (over.value.prompt_tokens, over.value.context_tokens) == (900, 512)


def test_an_answer_ends_at_the_edge_of_the_context(engine: OpenAIEngine) -> None:
    *_, end = engine.generate(ask("palabra " * 2030))
    assert isinstance(end, Completion)
    assert end.finish_reason == "length"
    assert end.usage.prompt_tokens + end.usage.completion_tokens == 2048


def test_a_prompt_that_the_server_cut_off_is_a_failure(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    chunk = {
        "choices": [{"delta": {"content": "sí"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 1},
    }
    server.fail_next(Raw((f"data: {json.dumps(chunk)}\n\n".encode(),)))
    with pytest.raises(EngineFailed, match="read 20 tokens"):
        list(engine.generate(ask("palabra " * 100)))


def test_llama_cpps_server_counts_exactly(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    messages = (Message.text("system", "¿a?"), Message.text("user", "¡sí, hola!"))
    *_, end = engine.generate(replace(ask(), messages=messages))
    assert isinstance(end, Completion)
    assert engine.count_tokens(messages) == end.usage.prompt_tokens
    assert server.requests("/tokenize")[0].body["add_special"] is True


@pytest.mark.parametrize("dialect", ["vllm", "lm_studio", "openai"])
def test_other_servers_are_not_asked_and_the_count_is_estimated(dialect: Dialect) -> None:
    with OpenAIEmulator(MODELS, dialect=dialect) as server:
        engine = open_openai(spec_for(server))
        assert engine.count_tokens([Message.text("user", "abc 123")]) == 8 + 3 + 2
        assert server.requests("/apply-template") == []


def test_a_server_that_fails_to_count_does_not_stop_the_planning(
    engine: OpenAIEngine, server: OpenAIEmulator
) -> None:
    server.fail_next(Refuse(500, "no", "text/plain"), "/tokenize")
    assert engine.count_tokens([Message.text("user", "abc")]) == 8 + 1
    assert engine.count_tokens([Message.text("user", "abc")]) == 8 + 1
    assert len(server.requests("/tokenize")) == 1
