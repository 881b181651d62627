"""Synthetic models have the sizes of the published ones, and llama.cpp runs their like."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.synthetic_models.catalogue import MODELS
from benchmarks.synthetic_models.vocabulary import prompt_of
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Completion, GenerationRequest, Message, TextDelta
from core.engines.spec import EngineSpec

# Source: the file lists of the repositories in config/sarai.yaml, and of Qwen's own.
PUBLISHED_GB = {
    "qwen3-4b": 2.50,
    "lfm2-1.2b": 0.73,
    "qwen2.5-omni-3b": 2.10 + 1.54,
    "qwen3-vl-4b-q4_k_m": 2.50 + 0.45,
    "qwen3-vl-4b-q6_k": 3.31 + 0.45,
    "embeddinggemma-300m": 0.33,
}
SMALL = replace(
    MODELS["qwen3-0.6b"].language,
    layers=2,
    width=256,
    feed_forward=256,
    heads=2,
    kv_heads=1,
    vocabulary=2048,
)


@pytest.mark.parametrize("name", PUBLISHED_GB)
def test_sizes_are_those_of_the_published_files(name: str) -> None:
    assert MODELS[name].weights_bytes / 1e9 == pytest.approx(PUBLISHED_GB[name], rel=0.03)


def test_every_word_is_a_token_and_an_answer_is_read_again_as_it_was_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "small.gguf"
    SMALL.write(path)
    spec = EngineSpec("small", "llama", 512, threads=1, gguf_path=path)
    with closing(LlamaEngine.open(spec)) as engine:
        counts = [
            engine.count_tokens((Message.text("user", prompt_of(words)),)) for words in (40, 50)
        ]
        assert counts[1] - counts[0] == 10
        question = Message.text("user", prompt_of(60))
        *deltas, last = engine.generate(GenerationRequest((question,), 16, temperature=0))
        assert isinstance(last, Completion)
        text = "".join(item.text for item in deltas if isinstance(item, TextDelta))
        repeated = (question, Message.text("assistant", text), Message.text("user", " a"))
        *_, second = engine.generate(GenerationRequest(repeated, 1, temperature=0))
        assert isinstance(second, Completion)
        known = last.usage.prompt_tokens + last.usage.completion_tokens
        assert second.usage.reused_tokens >= known - 1
