"""A context kept in fewer bits still answers, is reused, and takes less memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.engines.protocol import Completion, GenerationRequest, Message, TextDelta
from core.engines.spec import KvCacheType
from tests import tiny_models
from tests.engines.llama.conftest import Models, Open, spec_for

ROUNDED: list[KvCacheType] = ["q8_0", "q4_0"]


@pytest.mark.parametrize("cache_type", ROUNDED)
def test_a_rounded_context_answers_and_is_reused(
    open_llama: Open, models: Models, cache_type: KvCacheType
) -> None:
    engine = open_llama(replace(spec_for(models.scripted), kv_cache_type=cache_type))
    request = GenerationRequest((Message.text("user", "hola " * 20),), temperature=0)
    list(engine.generate(request))
    *deltas, last = engine.generate(request)
    assert "".join(d.text for d in deltas if isinstance(d, TextDelta)) == tiny_models.REPLY
    assert isinstance(last, Completion)
    assert last.usage.reused_tokens == last.usage.prompt_tokens


def test_a_rounded_context_takes_less_memory(open_llama: Open, models: Models) -> None:
    exact, rounded = (
        open_llama(replace(spec_for(models.random), kv_cache_type=cache_type)).memory_mb()
        for cache_type in ("f16", "q4_0")
    )
    if exact is None or rounded is None:
        pytest.skip("this system does not tell a process's memory")
    # 4096 cells of 2 layers, 2 heads and 128 numbers: 4 MiB of f16, 1.1 of q4_0.
    assert exact - rounded == pytest.approx(2.9, abs=1.5)
