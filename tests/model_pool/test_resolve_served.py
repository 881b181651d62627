"""From the configuration of a server to the engine's spec and the reservation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.model_pool.resolve import ConfiguredModels, ResolvedModel
from core.settings.servers import OpenAISettings
from core.storage.folder import open_data_folder
from tests.model_pool.fakes import settings_for

HERE = {"base_url": "http://127.0.0.1:8080/v1"}
FAR = {
    "base_url": "https://api.example.org/v1",
    "leaves_this_machine": True,
    "api_key_env": "EXAMPLE_KEY",
    "connect_timeout_s": 3.0,
    "read_timeout_s": 40.0,
}


def resolved(tmp_path: Path, server: str, **keys: Any) -> ResolvedModel:
    model = {
        "engine": "openai_http",
        "gguf_file": None,
        "openai_server": server,
        "openai_model": "qwen3-4b",
        **keys,
    }
    settings = settings_for({"a": model}, budget_mb=1000)
    servers = OpenAISettings.model_validate({"servers": {"here": HERE, "far": FAR}})
    settings = settings.model_copy(update={"openai": servers})
    return ConfiguredModels(settings, open_data_folder(tmp_path))("a")


def test_the_specs_fields_come_from_the_model_and_its_server(tmp_path: Path) -> None:
    spec = resolved(
        tmp_path, "far", openai_modalities=("image",), context_length=9000, embeddings=True
    ).spec
    assert (spec.model, spec.engine, spec.remote_model) == ("a", "openai_http", "qwen3-4b")
    assert (spec.base_url, spec.api_key_env) == (FAR["base_url"], "EXAMPLE_KEY")
    assert (spec.connect_timeout_s, spec.read_timeout_s) == (3.0, 40.0)
    assert (spec.modalities, spec.context_tokens, spec.embeddings) == (("image",), 9000, True)
    assert spec.gguf_path is None


def test_a_server_without_a_key_has_none(tmp_path: Path) -> None:
    spec = resolved(tmp_path, "here").spec
    assert (spec.base_url, spec.api_key_env) == (HERE["base_url"], "")


@pytest.mark.parametrize(
    ("server", "max_memory_mb", "need_mb", "why"),
    [
        ("here", None, 0, "max_memory_mb would reserve it"),
        ("here", 700, 700, "its max_memory_mb"),
        ("far", None, 0, "another machine"),
        ("far", 700, 0, "another machine"),
    ],
)
def test_memory_is_reserved_when_the_server_is_here_and_the_user_says_how_much(
    tmp_path: Path, server: str, max_memory_mb: int | None, need_mb: int, why: str
) -> None:
    found = resolved(tmp_path, server, max_memory_mb=max_memory_mb)
    assert found.need_mb == need_mb
    assert why in found.arithmetic
