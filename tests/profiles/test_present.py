"""Profiles on machines that have this and lack that."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.profiles import with_what_is_here
from core.settings import load_settings
from core.settings.profiles import ROLES
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA
from tests.ollama_emulator import EmulatedModel, OllamaEmulator
from tests.profiles.conftest import Here, chains

EMBEDDED = {
    "expert": ("nano_text",),
    "tiny": ("nano_text",),
    "rag": ("nano_text",),
    "audio": ("nano_audio",),
    "empathy": ("nano_text",),
    "vision": ("nano_vision",),
    "embeddings": (),
}
EYE = ("Qwen3VL-4B-Instruct-Q4_K_M.gguf", "mmproj-Qwen3VL-4B-Instruct-Q8_0.gguf")


def put(data: DataFolder, *names: str) -> None:
    for name in names:
        (data.models / name).write_bytes(b"GGUF")


@pytest.mark.parametrize("profile", ["auto", "nano", "ollama"])
def test_a_bare_machine_has_what_came_with_sarai(here: Here, profile: str) -> None:
    assert chains(here({"runtime": {"profile": profile}})) == EMBEDDED


def test_each_role_is_apart(here: Here, data: DataFolder) -> None:
    """Who has only the vision model gets real vision."""
    put(data, *EYE)
    assert chains(here()) == {**EMBEDDED, "vision": ("qwen3_vl_4b", "nano_vision")}


def test_a_model_without_its_projector_is_not_here(here: Here, data: DataFolder) -> None:
    put(data, EYE[0])
    assert here().chain("vision") == ("nano_vision",)


def test_pulled_files_come_before_ollama_and_that_before_the_embedded(
    here: Here, data: DataFolder
) -> None:
    put(data, "LFM2-1.2B-Q4_K_M.gguf", "Qwen_Qwen3.5-2B-Q4_K_M.gguf")
    with OllamaEmulator([EmulatedModel("llama3.2:1b", parameter_size="1.2B")]) as server:
        settings = here({"ollama": {"base_url": server.base_url}})
    assert settings.chain("tiny") == (
        *("lfm2_1_2b", "qwen3_5_2b", "ollama_llama3.2_1b", "nano_text"),
    )


def test_a_file_of_the_users_own_under_a_known_name(here: Here, tmp_path: Path) -> None:
    (tmp_path / "mine.gguf").touch()
    settings = here({"models": {"solar_gguf": {"gguf_file": str(tmp_path / "mine.gguf")}}})
    assert settings.chain("expert") == ("solar_gguf", "nano_text")


def test_a_users_fallback_stands_in_though_its_model_is_missing(
    here: Here, data: DataFolder
) -> None:
    put(data, "mine.gguf")
    mine = {"name": "Mine", "gguf_file": "mine.gguf"}
    settings = here({"models": {"mine": mine, "lfm2_1_2b": {"fallback": "mine"}}})
    assert settings.chain("tiny") == ("mine", "nano_text")


@pytest.mark.parametrize("profile", ["best_of_breed", "apache"])
def test_other_profiles_keep_what_is_missing_so_that_it_is_told(here: Here, profile: str) -> None:
    settings = load_settings(environ={**NO_OLLAMA, "SARAI__RUNTIME__PROFILE": profile})
    assert chains(here({"runtime": {"profile": profile}})) == chains(settings)


def test_a_role_that_the_user_names_is_not_touched(here: Here) -> None:
    named = {"text_variant_selection": {"expert": {"model": "solar_ollama"}}}
    assert here({"routing": named}).chain("expert") == ("solar_ollama", "solar_gguf", "nano_text")


def test_where_the_user_names_every_role_nobody_is_asked(here: Here) -> None:
    variant = {"model": "nano_text"}
    routing = {
        "multimodal_variant_selection": dict.fromkeys(("audio", "vision", "empathy"), variant),
        "text_variant_selection": dict.fromkeys(("expert", "tiny", "rag"), variant),
        "embeddings_model": "embeddinggemma_300m",
    }
    with OllamaEmulator([EmulatedModel("solar:10.7b")]) as server:
        here({"routing": routing, "ollama": {"base_url": server.base_url}})
        assert server.requests("/api/tags") == []


def test_once_more_changes_nothing(here: Here, data: DataFolder) -> None:
    put(data, *EYE)
    with OllamaEmulator([EmulatedModel("solar:10.7b")]) as server:
        settings = here({"ollama": {"base_url": server.base_url}})
        assert with_what_is_here(settings, data) == settings


def test_without_ollama_nothing_of_its_client_is_imported(data: DataFolder) -> None:
    """It takes longer to import than the rest of a start."""
    code = (
        "import sys, time\n"
        "from core.profiles import with_what_is_here\n"
        "from core.settings import load_settings\n"
        "from core.storage.folder import open_data_folder\n"
        "settings, folder = load_settings(), open_data_folder()\n"
        "with_what_is_here(settings, folder)\n"
        "print(sorted({'httpx', 'ollama', 'langchain_ollama'} & set(sys.modules)))\n"
    )
    environ = {**os.environ, **NO_OLLAMA, "SARAI_HOME": str(data.root)}
    environ.pop("SARAI_CONFIG", None)
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


def test_a_server_that_is_silent_is_waited_for_shortly(here: Here) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started_s = time.monotonic()
        assert chains(here({"ollama": {"base_url": address}})) == EMBEDDED
    assert time.monotonic() - started_s < 5  # the first import of its client is most of it


@pytest.mark.parametrize("base_url", ["http://[", "http://127.0.0.1:99999", "nowhere.invalid:1"])
def test_an_address_that_is_none_is_no_ollama(here: Here, base_url: str) -> None:
    assert chains(here({"ollama": {"base_url": base_url}})) == EMBEDDED


def test_an_ollama_that_is_too_old_serves_nothing(here: Here) -> None:
    with OllamaEmulator([EmulatedModel("solar:10.7b")], version="0.1.0") as server:
        assert chains(here({"ollama": {"base_url": server.base_url}})) == EMBEDDED


def test_the_table_is_kept_for_all_roles(here: Here) -> None:
    assert set(chains(here())) == set(ROLES)
