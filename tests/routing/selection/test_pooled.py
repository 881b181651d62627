"""The configured models as choices: real files, real workers, an emulated Ollama."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.engines.protocol import Completion, GenerationRequest, Message
from core.errors import ModelUnavailable
from core.model_pool import ModelPool
from core.routing.selection.pooled import PoolInventory, selector_for
from core.settings import Settings
from core.settings.model_override import OVERRIDE_VARIABLE
from core.storage.folder import DataFolder
from tests import tiny_models
from tests.model_pool.fakes import settings_for
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

CODER, REASONER = "qwen2.5-coder:7b-instruct-q4_K_M", "qwen2.5:14b-instruct-q4_K_M"
OLLAMA: dict[str, Any] = {"engine": "ollama", "gguf_file": None, "max_memory_mb": 300}
MODELS: dict[str, dict[str, Any]] = {
    "here": {"context_length": 512, "fallback": "absent", "strengths": ["writing"]},
    "absent": {},
    "vectors": {"embeddings": True},
    "my_coder": {**OLLAMA, "ollama_model": CODER},
    "my_reasoner": {**OLLAMA, "ollama_model": REASONER, "fallback": "here"},
    "not_pulled": {**OLLAMA, "ollama_model": "gemma2:9b"},
}


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaEmulator]:
    with OllamaEmulator([EmulatedModel(CODER), EmulatedModel(REASONER)]) as emulator:
        yield emulator


@pytest.fixture
def pool(folder: DataFolder, server: OllamaEmulator) -> Iterator[ModelPool]:
    tiny_models.random_text(folder.models).rename(folder.models / "here.gguf")
    opened = ModelPool(_served(settings_for(MODELS, budget_mb=2000), server), folder)
    yield opened
    opened.close()


def _served(settings: Settings, server: OllamaEmulator) -> Settings:
    ollama = settings.ollama.model_copy(update={"base_url": server.base_url})
    return settings.model_copy(update={"ollama": ollama})


def test_an_ollama_model_is_rated_by_its_name_there(pool: ModelPool) -> None:
    selector = selector_for(pool)
    for task, model in (("coding", "my_coder"), ("reasoning", "my_reasoner")):
        for strategy in (None, "balanced"):
            found = selector.select(task, strategy=strategy)
            assert (found.model, found.strategy) == (model, strategy)


def test_only_what_is_installed_can_be_chosen(pool: ModelPool) -> None:
    found = selector_for(pool).select("writing")
    assert {each.model for each in found.ranked} == {"here", "my_coder", "my_reasoner"}
    refused = {each.model: each.reason for each in found.refused}
    assert set(refused) == {"absent", "not_pulled"}
    assert "not installed" in refused["absent"]
    assert "gemma2:9b" in refused["not_pulled"]


def test_a_table_that_names_somebody_unknown_here_says_so(pool: ModelPool) -> None:
    found = selector_for(pool).select("analyze", strategy="balanced")
    assert found.reason.startswith("balanced names gemma2:2b, but it is not configured.")
    assert found.model in {"here", "my_coder", "my_reasoner"}


def test_the_configured_fallback_is_tried_before_the_next_best(pool: ModelPool) -> None:
    assert selector_for(pool).select("reasoning").chain == ("my_reasoner", "here", "my_coder")


def test_memory_and_speed_are_measured_where_they_were(pool: ModelPool) -> None:
    def here() -> Any:
        return next(each for each in PoolInventory(pool).candidates() if each.name == "here")

    predicted = pool.resolve("here")
    assert (here().tokens_per_s, here().memory_mb) == (None, predicted.need_mb)
    with pool.lease("here") as engine:
        request = GenerationRequest((Message.text("user", "hola"),), max_tokens=32, temperature=0)
        ended = next(item for item in engine.generate(request) if isinstance(item, Completion))
        pool.answered("here", ended.usage)
        assert here().room == "loaded"
    measured = here()
    assert measured.tokens_per_s == pytest.approx(32_000 / ended.usage.completion_ms)
    score = next(e for e in selector_for(pool).select("writing").ranked if e.model == "here")
    assert (score.speed_measured, score.loaded) == (True, True)


def test_who_has_no_room_while_others_are_in_use_is_left_out(
    folder: DataFolder, server: OllamaEmulator
) -> None:
    tiny_models.random_text(folder.models).rename(folder.models / "here.gguf")
    models = {
        "here": {"context_length": 512},
        "my_coder": {**OLLAMA, "ollama_model": CODER, "max_memory_mb": 990},
        "my_reasoner": {**OLLAMA, "ollama_model": REASONER, "max_memory_mb": 1100},
    }
    pool = ModelPool(_served(settings_for(models, budget_mb=1000), server), folder)
    try:
        selector = selector_for(pool)
        assert set(selector.list_available_models()) == {"here", "my_coder"}
        with pool.lease("here"):
            refused = {each.model: each.reason for each in selector.select("coding").refused}
            assert set(refused) == {"my_coder", "my_reasoner"}
            assert "990 MiB" in refused["my_coder"]
        assert selector.select("coding").model == "my_coder"
    finally:
        pool.close()


def test_an_override_may_be_said_in_ollamas_words_and_must_be_usable(
    pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    selector = selector_for(pool)
    monkeypatch.setenv(OVERRIDE_VARIABLE, CODER)
    assert selector.get_model_for_task("writing") == "my_coder"
    monkeypatch.setenv(OVERRIDE_VARIABLE, "absent")
    with pytest.raises(ModelUnavailable, match="LLM_MODEL_OVERRIDE names absent"):
        selector.get_model_for_task("writing")
