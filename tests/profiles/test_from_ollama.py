"""Which of Ollama's models serves which role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from core.profiles.from_ollama import WORKING_MB, sizes_in_ollama
from core.settings import Settings
from core.settings.manifest import load_manifest
from core.settings.profiles import Role
from tests.ollama_emulator import EmulatedModel, OllamaEmulator
from tests.profiles.conftest import Here

CHAT: tuple[str, ...] = ("completion", "tools")
SEES: tuple[str, ...] = ("completion", "vision")
EMBEDS: tuple[str, ...] = ("embedding",)
TEXT_ROLES: tuple[Role, ...] = ("expert", "tiny", "rag", "empathy")


def model(
    name: str, family: str, size: str, able: tuple[str, ...] = CHAT, **more: Any
) -> EmulatedModel:
    return EmulatedModel(name, able, family=family, parameter_size=size, **more)


def served(here: Here, *models: EmulatedModel, **values: Mapping[str, Any]) -> Settings:
    with OllamaEmulator(models) as server:
        runtime = {"profile": "ollama", **values.pop("runtime", {})}
        return here({"ollama": {"base_url": server.base_url}, "runtime": runtime, **values})


def by_role(settings: Settings) -> dict[Role, str | None]:
    """Ollama's own name for what serves each role; None where nothing of it does."""
    roles: tuple[Role, ...] = (*TEXT_ROLES, "audio", "vision", "embeddings")
    heads = {role: next(iter(settings.chain(role)), "") for role in roles}
    return {
        role: settings.models[name].ollama_model if name else None for role, name in heads.items()
    }


def test_each_role_gets_the_model_of_its_kind_and_size(here: Here) -> None:
    settings = served(
        here,
        model("solar:10.7b", "llama", "10.7B"),
        model("qwen3:1.7b", "qwen3", "2.0B"),
        model("qwen3:4b", "qwen3", "4.0B"),
        model("qwen3-vl:4b", "qwen3vl", "4.4B", SEES),
        model("embeddinggemma:latest", "gemma3", "307.58M", EMBEDS),
    )
    assert by_role(settings) == {
        "expert": "solar:10.7b",
        "tiny": "qwen3:1.7b",
        "rag": "qwen3:4b",
        "empathy": "qwen3:4b",
        "audio": None,
        "vision": "qwen3-vl:4b",
        "embeddings": "embeddinggemma:latest",
    }
    assert settings.models["ollama_embeddinggemma"].embeddings
    assert settings.chain("vision") == ("ollama_qwen3_vl_4b", "nano_vision")


def test_the_only_chat_model_serves_all_words(here: Here) -> None:
    settings = served(here, model("qwen3:8b", "qwen3", "8.2B"))
    assert {by_role(settings)[role] for role in TEXT_ROLES} == {"qwen3:8b"}
    assert by_role(settings)["vision"] is None


def test_a_known_family_comes_before_a_nearer_size(here: Here) -> None:
    settings = served(here, model("odd:2b", "odd", "2.0B"), model("gemma3:4b", "gemma3", "4.3B"))
    assert by_role(settings)["tiny"] == "gemma3:4b"
    assert by_role(served(here, model("odd:2b", "odd", "2.0B")))["tiny"] == "odd:2b"


def test_what_it_can_do_decides_and_not_its_family(here: Here) -> None:
    settings = served(
        here,
        model("gemma3:1b", "gemma3", "1.0B"),
        model("qwen3-embedding:8b", "qwen3", "7.6B", EMBEDS),
    )
    found = by_role(settings)
    assert found["vision"] is None  # others of its family see
    assert {found[role] for role in TEXT_ROLES if role != "expert"} == {"gemma3:1b"}
    assert found["expert"] is None  # too small, and the other does not chat
    assert found["embeddings"] is None  # too large


def test_what_runs_elsewhere_is_not_taken(here: Here) -> None:
    away = model("gpt-oss:20b-cloud", "gptoss", "10B", remote_host="https://ollama.com")
    assert by_role(served(here, away))["expert"] is None


def test_what_never_fits_the_budget_is_not_taken(here: Here) -> None:
    large = model("large", "llama", "13B", size_bytes=15_000 * 2**20)
    assert by_role(served(here, large))["expert"] is None
    more = {"budget_mb": 32_000}
    assert by_role(served(here, large, runtime=more))["expert"] == "large"


def test_a_size_that_is_not_told_is_not_taken(here: Here) -> None:
    assert by_role(served(here, model("strange", "llama", "many")))["tiny"] is None


def test_a_configured_model_keeps_its_name_and_keys(here: Here) -> None:
    settings = served(here, model("solar:10.7b", "llama", "10.7B"))
    assert settings.chain("expert")[0] == "solar_ollama"
    assert settings.models["solar_ollama"].max_memory_mb == 7200


def test_a_name_that_is_taken_stays_what_it_is(here: Here) -> None:
    mine = {"name": "Mine", "gguf_file": "mine.gguf"}
    settings = served(here, model("qwen3:4b", "qwen3", "4.0B"), models={"ollama_qwen3_4b": mine})
    assert settings.chain("tiny")[0] == "ollama_qwen3_4b_"
    assert settings.models["ollama_qwen3_4b"].name == "Mine"


def test_memory_is_reserved_by_the_size_that_ollama_tells(here: Here) -> None:
    settings = served(here, model("qwen3:4b", "qwen3", "4.0B", size_bytes=2500 * 2**20))
    assert settings.models["ollama_qwen3_4b"].max_memory_mb == 2500 + WORKING_MB


def test_sizes_of_configured_models(here: Here) -> None:
    with OllamaEmulator([model("solar:10.7b", "llama", "10.7B", size_bytes=77)]) as server:
        settings = here({"ollama": {"base_url": server.base_url}})
        assert sizes_in_ollama(settings) == {"solar_ollama": 77}
    assert sizes_in_ollama(settings) == {}


@pytest.mark.parametrize("role", ["audio"])
def test_what_ollama_cannot_do_has_no_rule(role: Role) -> None:
    assert role not in load_manifest().ollama
