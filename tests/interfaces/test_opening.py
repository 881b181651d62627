"""What is loaded when the assistant is opened, and who it says will answer."""

from __future__ import annotations

import pytest

from core.interfaces.opening import open_assistant
from core.interfaces.who_answers import who_answers
from core.model_pool import ModelPool
from core.profiles import with_what_is_here
from core.settings import Settings, load_settings
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA, ON_SELF_TEST


def test_a_conversation_loads_ahead(settings: Settings, folder: DataFolder) -> None:
    with open_assistant(settings, folder) as assistant:
        loaded = assistant.services.pool.wait_preloaded()
    assert loaded == ("self_test_tiny", "self_test_omni")


def test_one_question_loads_the_one_model_it_needs(settings: Settings, folder: DataFolder) -> None:
    with open_assistant(settings, folder, preload=False) as assistant:
        assert assistant.services.pool.wait_preloaded() == ()
        assistant.invoke("hola")
        status = assistant.services.pool.status()
    assert [model.name for model in status.models if model.state == "ready"] == ["self_test_tiny"]


def test_only_embedded_models(folder: DataFolder) -> None:
    settings = with_what_is_here(load_settings(environ=NO_OLLAMA), folder)
    answerers = who_answers(ModelPool(settings, folder))
    assert answerers.line == (
        "Only the embedded demo models are here; `sarai models pull` gets real ones (14.1 GB)."
    )


def test_what_is_not_here_is_not_missed(folder: DataFolder) -> None:
    settings = with_what_is_here(load_settings(environ=NO_OLLAMA), folder)
    assert who_answers(ModelPool(settings, folder)).absent == {}


@pytest.mark.parametrize("profile", ["nano", "ollama"])
def test_only_embedded_models_by_choice(folder: DataFolder, profile: str) -> None:
    settings = load_settings(environ={**NO_OLLAMA, "SARAI__RUNTIME__PROFILE": profile})
    assert who_answers(ModelPool(settings, folder)).line == (
        f"Only the embedded demo models are here, for the profile {profile}."
    )


def test_each_role_names_its_model_and_the_one_it_stands_in_for(folder: DataFolder) -> None:
    settings = load_settings(
        environ={
            **ON_SELF_TEST,
            "SARAI__MODELS__LFM2_1_2B__GGUF_FILE": str(folder.models / "mine.gguf"),
        }
    )
    tiny = ModelPool(settings, folder).resolve("self_test_tiny").spec.gguf_path
    assert tiny is not None
    (folder.models / "mine.gguf").symlink_to(tiny)
    answerers = who_answers(ModelPool(settings, folder))
    assert answerers.line.split(" · ") == [
        "expert: self_test_expert (no solar_ollama)",
        "everyday: lfm2_1_2b",
        "vision: self_test_vision (no qwen3_vl_4b)",
        "voice: self_test_omni (no qwen_omni_3b)",
        "`sarai models pull solar_gguf qwen3_vl_4b qwen_omni_3b` gets what is missing",
    ]
    assert "lfm2_1_2b" not in answerers.absent
