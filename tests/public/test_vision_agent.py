"""The vision agent by itself, by its public names, on the pool of the process."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agents.qwen3_vl import Qwen3VLAgent, Qwen3VLConfig, get_qwen3_vl_agent
from core.errors import InvalidInput, MediaError
from core.model_pool import get_model_pool
from core.storage.folder import DataFolder
from tests import tiny_models
from tests.media_samples import picture
from tests.workers import workers

MODEL = "qwen3_vl_4b"


@pytest.fixture(scope="module")
def agent(
    module_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Qwen3VLAgent]:
    """With a tiny model where the configured one would lie, so that it answers itself."""
    made = tmp_path_factory.mktemp("made")
    model, tower = tiny_models.vision(made)
    model.rename(module_folder.models / "Qwen3VL-4B-Instruct-Q4_K_M.gguf")
    tower.rename(module_folder.models / "mmproj-Qwen3VL-4B-Instruct-Q8_0.gguf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SARAI_HOME", str(module_folder.root))
        patch.setenv("SARAI__GENERATION__TEMPERATURE", "0")
        patch.setenv("SARAI__GENERATION__MAX_TOKENS", "24")
        yield get_qwen3_vl_agent()
        get_model_pool().close()
    assert workers(MODEL) == []


def state_of(name: str = MODEL) -> str:
    return next(model.state for model in get_model_pool().status().models if model.name == name)


def test_an_image_is_answered_by_the_configured_model(agent: Qwen3VLAgent, samples: Path) -> None:
    response = agent.invoke_vision(prompt="¿Qué objetos ves?", image_path=str(samples / "red.png"))
    assert response
    assert state_of() == "ready"
    assert len(workers(MODEL)) == 1


def test_every_form_of_an_image_gives_the_same_answer(
    agent: Qwen3VLAgent, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = samples / "red.png"
    monkeypatch.chdir(samples)
    monkeypatch.setenv("HOME", str(samples))
    uri = "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
    with Image.open(path) as opened:
        opened.load()
    forms: list[Any] = [path, str(path), "red.png", "~/red.png", path.as_uri(), uri]
    forms += [path.read_bytes(), opened, picture((200, 30, 30))]
    answers = {agent.invoke_vision(prompt="?", image_path=form) for form in forms}
    assert len(answers) == 1
    assert agent.invoke_vision(prompt="?", image_path=samples / "blue.png") not in answers


def test_a_video_is_looked_at_as_often_as_asked(agent: Qwen3VLAgent, samples: Path) -> None:
    video = str(samples / "red.mp4")
    often, seldom = (
        agent.invoke_vision(prompt="Describe este video", video_path=video, fps=fps)
        for fps in (4.0, 0.5)
    )
    assert often != seldom
    assert agent.config == Qwen3VLConfig(fps=2.0, max_tokens=24)
    usual = agent.invoke_vision(prompt="Describe este video", video_path=Path(video))
    assert usual == agent.invoke_vision("Describe este video", video_path=video, fps=2.0)


def test_nothing_to_look_at_is_an_error_that_names_the_keys(agent: Qwen3VLAgent) -> None:
    with pytest.raises(InvalidInput, match="image_path"):
        agent.invoke_vision(prompt="¿Qué ves?")


def test_nothing_is_fetched_from_the_network(agent: Qwen3VLAgent) -> None:
    with pytest.raises(MediaError, match="network"):
        agent.invoke_vision(prompt="?", image_path="http://127.0.0.1:9/x.png")


def test_the_agent_unloads_its_model_and_loads_it_again(agent: Qwen3VLAgent, samples: Path) -> None:
    before = agent.invoke_vision(prompt="?", image_path=samples / "red.png")
    agent.unload()
    assert workers(MODEL) == []
    assert state_of() == "absent"
    agent.unload()
    assert agent.invoke_vision(prompt="?", image_path=samples / "red.png") == before


def test_an_unload_is_scheduled_from_the_last_use(agent: Qwen3VLAgent, samples: Path) -> None:
    agent.invoke_vision(prompt="?", image_path=samples / "red.png")
    pool = get_model_pool()
    pool.schedule_unload(MODEL, ttl=45)
    status = pool.status()
    vision = next(model for model in status.models if model.name == MODEL)
    assert vision.unload_at_s is not None
    assert 40 < vision.unload_at_s - status.now_s <= 45
    agent.invoke_vision(prompt="?", image_path=samples / "red.png")
    status = pool.status()
    vision = next(model for model in status.models if model.name == MODEL)
    assert vision.unload_at_s is not None
    assert 55 < vision.unload_at_s - status.now_s <= 60
