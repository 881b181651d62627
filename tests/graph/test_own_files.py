"""GGUF files of the user's own, by path in YAML: they serve every role, on real llama.cpp."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.graph import SARAiOrchestrator
from core.interfaces.opening import open_assistant
from core.settings import load_settings
from core.settings.manifest import load_manifest
from core.settings.profiles import ROLES, Role
from core.storage.folder import DataFolder, open_data_folder
from tests.conftest import SELF_TEST

HARD = "¿Cómo configuro SSH en Ubuntu?"
SAD = "Estoy muy triste y me siento solo, mi perro ha muerto"
SEEN_AND_HEARD = {"vision": "red.png", "audio": "low.wav"}
TURNS: dict[Role, dict[str, Any]] = {
    "expert": {"input": HARD},
    "tiny": {"input": "hola"},
    "rag": {"input": "¿Cuál es la contraseña del wifi?"},
    "audio": {},
    "empathy": {"input": SAD},
    "vision": {"input": "¿Qué se ve?"},
}
KINDS: dict[Role, str] = {role: role for role in ("expert", "tiny", "vision", "embeddings")} | {
    "rag": "tiny",
    "audio": "omni",
    "empathy": "omni",
}
"""Which of the tiny models stands in for the user's own in each role."""
TAKEN: dict[Role, str] = {
    "expert": "solar_gguf",
    "tiny": "lfm2_1_2b",
    "rag": "lfm2_1_2b",
    "audio": "qwen_omni_3b",
    "empathy": "qwen_omni_3b",
    "vision": "qwen3_vl_4b",
    "embeddings": "embeddinggemma_300m",
}
"""The models of the default configuration in whose entries the user writes another path."""


@pytest.fixture(scope="module")
def own_files(tmp_path_factory: pytest.TempPathFactory, shared_folder: DataFolder) -> Path:
    """Far from the folder of models, under names that no manifest has."""
    target = tmp_path_factory.mktemp("my models")
    for file in (shared_folder.models / SELF_TEST).glob("*.gguf"):
        shutil.copyfile(file, target / f"my {file.name}")
    return target


def entry(kind: str, files: Path) -> dict[str, Any]:
    """What a user writes of one model."""
    projector = files / f"my {kind}-mmproj.gguf"
    return {
        "name": f"My {kind}",
        "gguf_file": str(files / f"my {kind}.gguf"),
        **({"mmproj_file": str(projector)} if projector.exists() else {}),
        **({"embeddings": True} if kind == "embeddings" else {}),
        "context_length": 2048,
    }


def named_in_routing(files: Path) -> dict[str, Any]:
    """Models of the user's own names, and who serves what."""

    def serve(*roles: Role) -> dict[str, Any]:
        return {role: {"model": f"my_{KINDS[role]}"} for role in roles}

    return {
        "models": {f"my_{kind}": entry(kind, files) for kind in set(KINDS.values())},
        "routing": {
            "multimodal_variant_selection": serve("audio", "vision", "empathy"),
            "text_variant_selection": serve("expert", "tiny", "rag"),
            "embeddings_model": "my_embeddings",
        },
    }


def in_known_entries(files: Path) -> dict[str, Any]:
    """Only the paths of models that SARAi's configuration has: `auto` finds them there."""
    models: dict[str, Any] = {}
    for role in ROLES:
        models[TAKEN[role]] = {**entry(KINDS[role], files), "max_memory_mb": None}
    return {"models": models}


@pytest.fixture(scope="module", params=[named_in_routing, in_known_entries])
def own(
    request: pytest.FixtureRequest, own_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SARAiOrchestrator]:
    root = tmp_path_factory.mktemp("own")
    (root / "documents").mkdir()
    (root / "documents" / "casa.md").write_text("La contraseña del wifi es girasol-42.\n")
    values = {**request.param(own_files), "retrieval": {"folder": str(root / "documents")}}
    values |= {"ollama": {"base_url": "http://127.0.0.1:9"}, "voice": {"speak": False}}
    (root / "mine.yaml").write_text(json.dumps(values), encoding="utf-8")
    settings = load_settings(root / "mine.yaml", environ={})
    with open_assistant(settings, open_data_folder(root / "data"), preload=False) as assistant:
        yield assistant


@pytest.mark.parametrize("role", TURNS)
def test_the_users_file_answers(own: SARAiOrchestrator, samples: Path, role: Role) -> None:
    settings, turn = own.services.settings, dict(TURNS[role])
    if role in SEEN_AND_HEARD:
        key = "image_path" if role == "vision" else "audio_input"
        turn[key] = str(samples / SEEN_AND_HEARD[role])
    state = own.invoke(turn)
    model = state["model_used"] or ""
    assert (model, state["tried"]) == (settings.chain(role)[0], [])
    assert settings.models[model].name == f"My {KINDS[role]}"
    assert (state["response"] or "").lower().find("self-test reply") >= 0
    assert not state["warnings"]


def test_the_users_file_compares_texts(own: SARAiOrchestrator) -> None:
    [name] = own.services.settings.chain("embeddings")
    vectors = own.services.pool.get(name).embed(["una casa", "una casa", "x"])
    assert np.allclose(vectors[0], vectors[1], atol=1e-5)
    assert not np.allclose(vectors[0], vectors[2], atol=1e-3)


def test_the_manifest_knows_none_of_these_files(own_files: Path) -> None:
    published = {file.file for model in load_manifest().models.values() for file in model.files}
    assert published.isdisjoint(path.name for path in own_files.iterdir())
