"""How fast models were seen to write, and what the pool foresees, on real workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.engines.protocol import Completion, GenerationRequest, Message, Usage
from core.engines.spec import EngineSpec
from core.model_pool import ModelPool
from core.model_pool.speeds import LEAST_TOKENS, MeasuredSpeeds
from core.storage.database import Database
from core.storage.folder import DataFolder
from tests import tiny_models
from tests.model_pool.fakes import settings_for

SPEC = EngineSpec(model="a", engine="llama", context_tokens=512, threads=2)
LONG = GenerationRequest((Message.text("user", "hola"),), max_tokens=64, temperature=0)


@pytest.fixture
def speeds(folder: DataFolder) -> MeasuredSpeeds:
    database = Database(folder.database)
    return MeasuredSpeeds(lambda: database)


@pytest.fixture
def pool(folder: DataFolder) -> Iterator[ModelPool]:
    for name in ("a", "b"):
        tiny_models.random_text(folder.models).rename(folder.models / f"{name}.gguf")
    opened = ModelPool(
        settings_for({"a": {"context_length": 512}, "b": {}}, budget_mb=2000), folder
    )
    yield opened
    opened.close()


def usage(tokens: int, seconds: float) -> Usage:
    return Usage(prompt_tokens=5, completion_tokens=tokens, completion_ms=1000 * seconds)


def test_the_last_answers_decide_and_long_ones_count_more(speeds: MeasuredSpeeds) -> None:
    assert speeds.tokens_per_s(SPEC, ()) is None
    speeds.record(SPEC, (), usage(100, 10))
    assert speeds.tokens_per_s(SPEC, ()) == pytest.approx(10)
    speeds.record(SPEC, (), usage(200, 10))
    assert speeds.tokens_per_s(SPEC, ()) == pytest.approx((70 + 200) / (7 + 10))
    for _ in range(20):
        speeds.record(SPEC, (), usage(100, 50))
    assert speeds.tokens_per_s(SPEC, ()) == pytest.approx(2, rel=0.01)


def test_a_short_or_untimed_answer_says_nothing(pool: ModelPool) -> None:
    for told in (usage(LEAST_TOKENS - 1, 1), usage(100, 0)):
        pool.answered("a", told)
        assert pool.tokens_per_s(pool.resolve("a")) is None
    pool.answered("a", usage(LEAST_TOKENS, 1))
    assert pool.tokens_per_s(pool.resolve("a")) == pytest.approx(LEAST_TOKENS)


def test_other_threads_or_settings_begin_anew(speeds: MeasuredSpeeds) -> None:
    speeds.record(SPEC, (), usage(100, 10))
    for other in (replace(SPEC, threads=4), replace(SPEC, gpu_layers=8)):
        assert speeds.tokens_per_s(other, ()) is None
    assert speeds.tokens_per_s(replace(SPEC, model="renamed"), ()) == pytest.approx(10)


def test_the_pool_knows_the_speed_of_an_answer_that_it_was_told(pool: ModelPool) -> None:
    assert pool.tokens_per_s(pool.resolve("a")) is None
    items = pool.get("a").generate(LONG)
    completion = next(item for item in items if isinstance(item, Completion))
    pool.answered("a", completion.usage)
    known = pool.tokens_per_s(pool.resolve("a"))
    assert known == pytest.approx(64_000 / completion.usage.completion_ms)
    assert pool.tokens_per_s(pool.resolve("b")) is None


def test_a_speed_that_cannot_be_kept_costs_nothing(pool: ModelPool) -> None:
    (pool.folder.models / "a.gguf").unlink()
    pool.answered("a", usage(100, 1))


def test_what_the_pool_foresees_is_what_it_would_do(pool: ModelPool) -> None:
    a, b = pool.resolve("a"), pool.resolve("b")
    assert [fit.verdict for fit in pool.foresee([a, b])] == ["fits", "fits"]
    huge = replace(b, need_mb=3000)
    assert pool.foresee([huge])[0].verdict == "never"
    nearly_all = replace(b, need_mb=2000)
    with pool.lease("a"):
        assert pool.foresee([nearly_all])[0].verdict == "not_now"
        assert pool.foresee([a])[0].verdict == "fits"
    found = pool.foresee([nearly_all])[0]
    assert (found.verdict, found.evicts) == ("fits_after_evicting", ("a",))
