"""One model for everything: the variable, the setting, the caller."""

from __future__ import annotations

import pytest

from core.errors import ConfigError, InvalidInput, ModelTooLarge
from core.routing.selection import ModelSelector, create_default_selector
from core.settings import Settings, load_settings
from core.settings.model_override import OVERRIDE_VARIABLE, ModelOverride, model_override
from core.settings.selection import SelectionSettings
from tests.environments import NO_OLLAMA

TASKS = ("fix", "reasoning", "simple")


def test_the_variable_is_read_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    selector = create_default_selector()
    before = [selector.get_model_for_task(task) for task in TASKS]
    monkeypatch.setenv(OVERRIDE_VARIABLE, "gemma2:9b")
    assert [selector.get_model_for_task(task) for task in TASKS] == ["gemma2:9b"] * 3
    found = selector.select("fix")
    assert (found.override, found.reason) == (OVERRIDE_VARIABLE, f"{OVERRIDE_VARIABLE} names it.")
    monkeypatch.delenv(OVERRIDE_VARIABLE)
    assert [selector.get_model_for_task(task) for task in TASKS] == before


def test_the_caller_before_the_variable_before_the_setting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = settings.model_copy(
        update={"selection": SelectionSettings(model_override="gemma2:9b")}
    )
    selector = ModelSelector(settings=configured)
    assert selector.select("fix").override == "selection.model_override"
    monkeypatch.setenv(OVERRIDE_VARIABLE, "llama3.2:3b")
    assert selector.select("fix").model == "llama3.2:3b"
    found = selector.select("fix", model="codellama:13b")
    assert (found.model, found.override) == ("codellama:13b", "caller")


def test_an_empty_variable_is_none(settings: Settings) -> None:
    assert model_override(settings, {OVERRIDE_VARIABLE: "  "}) is None
    assert model_override(settings, {OVERRIDE_VARIABLE: " a "}) == ModelOverride(
        "a", OVERRIDE_VARIABLE
    )


def test_a_model_that_cannot_be_used_is_not_replaced_in_silence(
    selector: ModelSelector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE_VARIABLE, "gemma2:27b")
    with pytest.raises(ModelTooLarge, match="LLM_MODEL_OVERRIDE names gemma2:27b"):
        selector.get_model_for_task("fix")
    monkeypatch.setenv(OVERRIDE_VARIABLE, "gemma2:8b")
    with pytest.raises(InvalidInput, match="No model is named 'gemma2:8b'"):
        selector.get_model_for_task("fix")


def test_others_follow_it_when_it_fails(
    selector: ModelSelector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE_VARIABLE, "gemma2:2b")
    selector.fallback_model = "llama3.2:3b"
    assert selector.select("reasoning").chain[:3] == (
        "gemma2:2b",
        "llama3.2:3b",
        "qwen2.5:14b-instruct-q4_K_M",
    )


def test_a_strategy_that_is_none_is_an_error_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"selection\.strategy names `balancd`.*balanced"):
        load_settings(environ={**NO_OLLAMA, "SARAI__SELECTION__STRATEGY": "balancd"})
