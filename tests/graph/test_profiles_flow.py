"""Turns under a profile: who answers, and what is told of models that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.graph import SARAiOrchestrator
from core.interfaces.opening import open_assistant
from core.settings import load_settings
from core.storage.folder import DataFolder, open_data_folder
from tests.environments import NO_OLLAMA
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

DATA = Path(__file__).parents[1] / "data"
SMALL = EmulatedModel("qwen3:1.7b", family="qwen3", parameter_size="2.0B", context_length=4096)
Under = Callable[..., SARAiOrchestrator]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return open_data_folder(tmp_path / "data")


@pytest.fixture
def under(data: DataFolder) -> Iterator[Under]:
    """under(profile): an assistant that does not speak, without configuration besides."""
    with ExitStack() as opened:

        def open_it(profile: str, base_url: str = "") -> SARAiOrchestrator:
            environ = {**NO_OLLAMA, "SARAI__RUNTIME__PROFILE": profile}
            environ["SARAI__VOICE__SPEAK"] = "false"
            if base_url:
                environ["SARAI__OLLAMA__BASE_URL"] = base_url
            settings = load_settings(environ=environ)
            return opened.enter_context(open_assistant(settings, data, preload=False))

        yield open_it


@pytest.mark.parametrize("profile", ["auto", "ollama"])
def test_what_ollama_has_answers(under: Under, profile: str) -> None:
    with OllamaEmulator([SMALL]) as server:
        state = under(profile, server.base_url).invoke("hola")
        asked = server.requests("/api/chat")[-1].body
    assert (state["model_used"], state["tried"]) == ("ollama_qwen3_1.7b", [])
    assert state["warnings"] == []
    assert asked["model"] == "qwen3:1.7b"
    assert asked["options"]["num_ctx"] == 4096


def test_auto_says_nothing_of_what_is_not_here(under: Under) -> None:
    state = under("auto").invoke({"audio_input": str(DATA / "spoken_seven_en.wav")})
    assert (state["model_used"], state["tried"], state["warnings"]) == ("nano_audio", [], [])


@pytest.mark.parametrize(
    ("profile", "missing"), [("best_of_breed", "qwen_omni_3b"), ("apache", "gemma_4_e2b")]
)
def test_another_profile_says_what_is_missing_and_what_gets_it(
    under: Under, profile: str, missing: str
) -> None:
    state = under(profile).invoke({"audio_input": str(DATA / "spoken_seven_en.wav")})
    assert (state["model_used"], state["tried"]) == ("nano_audio", [missing])
    assert state["transcript"] == "Seven."
    told = state["warnings"][0]
    assert f"{missing} is not installed" in told
    assert f"`sarai models pull {missing}`" in told


def test_an_ollama_that_went_away_hands_over(under: Under) -> None:
    with OllamaEmulator([SMALL]) as server:
        assistant = under("auto", server.base_url)
    state = assistant.invoke("hola")
    assert (state["model_used"], state["tried"]) == ("nano_text", ["ollama_qwen3_1.7b"])


def test_a_wish_for_a_model_of_ollamas(under: Under) -> None:
    with OllamaEmulator([SMALL]) as server:
        assistant = under("auto", server.base_url)
        wish = {"input": "¿Cómo configuro SSH?", "preferences": {"model": "ollama_qwen3_1.7b"}}
        assert assistant.invoke(wish)["model_used"] == "ollama_qwen3_1.7b"
