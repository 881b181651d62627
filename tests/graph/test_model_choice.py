"""Turns whose model is chosen: by LLM_MODEL_OVERRIDE, a strategy, or a wish for speed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from core.errors import InvalidInput, ModelUnavailable
from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import load_settings
from core.settings.model_override import OVERRIDE_VARIABLE
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA
from tests.ollama_emulator import Drop, EmulatedModel, OllamaEmulator

CODER = "qwen2.5-coder:7b-instruct-q4_K_M"
CODE = "Escribe una función en Python que ordene una lista por fecha"
HARD = "¿Cómo configuro SSH en Ubuntu?"


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaEmulator]:
    with OllamaEmulator(
        [EmulatedModel("solar:10.7b"), EmulatedModel(CODER, reply="def f(): pass")]
    ) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def assistant(
    server: OllamaEmulator, module_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SARAiOrchestrator]:
    """The shipped configuration and a coder beside its own models."""
    path = tmp_path_factory.mktemp("settings") / "sarai.yaml"
    coder = {
        "name": "Coder",
        "engine": "ollama",
        "ollama_model": CODER,
        "max_memory_mb": 300,
        "fallback": "solar_ollama",
    }
    path.write_text(yaml.safe_dump({"models": {"coder": coder}}))
    environ = {
        "SARAI__OLLAMA__BASE_URL": server.base_url,
        "SARAI__RUNTIME__PROFILE": "best_of_breed",
    }
    pool = ModelPool(load_settings(Path(path), environ=environ), module_folder)
    with SARAiOrchestrator(pool=pool, preload=False) as opened:
        yield opened


def test_without_a_wish_the_routes_own_model_answers(assistant: SARAiOrchestrator) -> None:
    state = assistant.invoke(CODE)
    assert (state["route"], state["model_used"]) == ("expert", "solar_ollama")


@pytest.mark.parametrize("wish", [{"strategy": "balanced"}, {"quality": True}])
def test_a_wish_for_a_choice_gets_the_model_of_the_task(
    assistant: SARAiOrchestrator, wish: dict[str, object]
) -> None:
    state = assistant.invoke({"input": CODE, "preferences": wish})
    assert (state["task"], state["model_used"]) == ("coding", "coder")
    assert state["response"] == "def f(): pass"
    assert "Model: " in (state["route_reason"] or "")


def test_the_override_answers_every_text_and_the_reply_says_so(
    assistant: SARAiOrchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE_VARIABLE, CODER)
    state = assistant.invoke("hola")
    assert (state["route"], state["model_used"]) == ("tiny", "coder")
    assert state["warnings"][0] == "LLM_MODEL_OVERRIDE names coder for every text."
    assert "LLM_MODEL_OVERRIDE names it." in (state["route_reason"] or "")
    monkeypatch.delenv(OVERRIDE_VARIABLE)
    assert assistant.invoke("hola")["model_used"] != "coder"


def test_a_model_named_by_the_caller_counts_before_the_override(
    assistant: SARAiOrchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE_VARIABLE, CODER)
    state = assistant.invoke({"input": HARD, "preferences": {"model": "solar_ollama"}})
    assert (state["model_used"], state["warnings"]) == ("solar_ollama", [])


def test_an_override_that_cannot_be_used_is_an_error(
    assistant: SARAiOrchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE_VARIABLE, "lfm2_1_2b")
    with pytest.raises(ModelUnavailable, match="LLM_MODEL_OVERRIDE names lfm2_1_2b"):
        assistant.invoke("hola")


def test_every_try_is_named_when_the_chosen_model_fails(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    server.fail_next(Drop())
    state = assistant.invoke({"input": CODE, "preferences": {"strategy": "balanced"}})
    assert (state["tried"], state["model_used"]) == (["coder"], "solar_ollama")
    assert any("solar_ollama answered instead" in warning for warning in state["warnings"])


def test_a_strategy_nobody_knows_is_told_the_nearest(assistant: SARAiOrchestrator) -> None:
    with pytest.raises(InvalidInput, match="`low_ram`"):
        assistant.invoke({"input": "hola", "preferences": {"strategy": "lowram"}})


def test_without_real_models_the_embedded_one_answers(folder: DataFolder) -> None:
    pool = ModelPool(load_settings(environ=NO_OLLAMA), folder)
    with SARAiOrchestrator(pool=pool, preload=False) as assistant:
        state = assistant.invoke({"input": "hola", "preferences": {"strategy": "quality"}})
    assert (state["route"], state["model_used"]) == ("expert", "nano_text")
