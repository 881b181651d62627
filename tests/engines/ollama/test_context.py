"""Prompts that do not fit, and counts."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from core.engines.ollama import OllamaEngine, open_ollama
from core.engines.protocol import (
    Completion,
    Message,
)
from core.errors import (
    ContextOverflow,
    EngineFailed,
)
from core.media.content import RgbImage
from tests.engines.ollama.requests import ask, spec_for, text_of
from tests.ollama_emulator import (
    Line,
    OllamaEmulator,
)


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
