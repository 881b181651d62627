"""A model taken from the pool by its name keeps the contract too, whatever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.engines.protocol import Engine
from core.model_pool import ModelPool
from core.settings import Settings
from core.settings.servers import OpenAISettings
from core.storage.folder import open_data_folder
from tests import ollama_emulator, openai_emulator
from tests.engines import contract
from tests.model_pool.fakes import settings_for
from tests.ollama_emulator import OllamaEmulator
from tests.openai_emulator import OpenAIEmulator
from tests.tiny_models import random_text
from tests.workers import workers

NAMES = ("pooled_llama", "pooled_ollama", "pooled_openai")


def settings_on(gguf: Path, ollama_url: str, openai_url: str) -> Settings:
    """One model of each engine."""
    models: dict[str, dict[str, Any]] = {
        "pooled_llama": {"gguf_file": gguf},
        "pooled_ollama": {"engine": "ollama", "gguf_file": None, "ollama_model": "solar:10.7b"},
        "pooled_openai": {
            "engine": "openai_http",
            "gguf_file": None,
            "openai_server": "here",
            "openai_model": "qwen3-4b",
        },
    }
    settings = settings_for(models, budget_mb=16_000)
    servers = {"servers": {"here": {"base_url": openai_url}}}
    return settings.model_copy(
        update={
            "ollama": settings.ollama.model_copy(update={"base_url": ollama_url}),
            "openai": OpenAISettings.model_validate(servers),
        }
    )


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelPool]:
    folder = tmp_path_factory.mktemp("pooled")
    with (
        OllamaEmulator([ollama_emulator.EmulatedModel("solar:10.7b", answer_words=2500)]) as ollama,
        OpenAIEmulator(
            [openai_emulator.EmulatedModel("qwen3-4b", answer_words=2500, structured=True)]
        ) as openai,
    ):
        settings = settings_on(random_text(folder), ollama.base_url, openai.base_url)
        pool = ModelPool(settings, open_data_folder(folder / "sarai"))
        yield pool
        pool.close()
    assert workers("pooled_llama") == []


@pytest.fixture(params=NAMES)
def handle(request: pytest.FixtureRequest, pool: ModelPool) -> Engine:
    name: str = request.param
    return pool.get(name)


@pytest.mark.parametrize("check", contract.CHECKS, ids=contract.check_id)
def test_contract(handle: Engine, pool: ModelPool, check: contract.Check) -> None:
    check(handle)
    assert not any(model.leases for model in pool.status().models)


def test_closing_a_handle_unloads_and_the_next_call_loads_again(
    handle: Engine, pool: ModelPool
) -> None:
    """Unlike an engine of one's own, which stays closed."""
    before = contract.answer(handle, contract.GREEDY)[0]
    handle.close()
    handle.close()
    assert handle.model not in loaded(pool)
    assert handle.memory_mb() is None
    assert handle.alive()
    assert contract.answer(handle, contract.GREEDY)[0] == before
    assert handle.model in loaded(pool)


def loaded(pool: ModelPool) -> set[str]:
    return {model.name for model in pool.status().models if model.state == "ready"}
