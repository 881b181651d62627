"""The five promises of the best-of-breed design, kept by real models on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import Settings
from core.storage.folder import DataFolder
from tests.virtual_clock import VirtualClock
from tests.workers import workers

VISION = "self_test_vision"
SAD = "Estoy muy triste y me siento solo, mi perro ha muerto"


def test_image_routes_to_qwen3_vl(orchestrator: SARAiOrchestrator, samples: Path) -> None:
    state = orchestrator.invoke(
        {"input": "¿Qué objetos ves?", "image_path": str(samples / "red.png")}
    )
    assert (state["input_type"], state["route"]) == ("image", "vision")
    assert state["agent_used"] == "vision"
    assert state["tried"] == ["qwen3_vl_4b"]
    assert state["model_used"] == "self_test_vision"
    assert "classify" not in state["timings_ms"]


def test_video_routes_to_qwen3_vl(orchestrator: SARAiOrchestrator, samples: Path) -> None:
    state = orchestrator.invoke(
        {"input": "Describe este vídeo", "video_path": str(samples / "red.mp4"), "fps": 2.0}
    )
    assert (state["input_type"], state["route"]) == ("video", "vision")
    assert state["agent_used"] == "vision"
    assert state["tried"] == ["qwen3_vl_4b"]
    assert "classify" not in state["timings_ms"]


def test_audio_routes_to_omni_3b(orchestrator: SARAiOrchestrator, samples: Path) -> None:
    state = orchestrator.invoke({"audio_input": str(samples / "low.wav")})
    assert (state["input_type"], state["route"]) == ("audio", "omni")
    assert state["agent_used"] == "omni"
    assert state["tried"] == ["qwen_omni_3b"]
    assert state["transcript"]


def test_empathy_routes_to_omni_3b(orchestrator: SARAiOrchestrator) -> None:
    state = orchestrator.invoke({"input": SAD})
    assert state["scores"] is not None
    assert state["scores"]["soft"] > 0.7
    assert (state["route"], state["agent_used"]) == ("omni", "omni")
    assert state["tried"] == ["qwen_omni_3b"]


def test_vision_auto_unload(settings: Settings, folder: DataFolder, samples: Path) -> None:
    clock = VirtualClock()
    others = len(workers(VISION))
    pool = ModelPool(settings, folder, clock=clock)
    with SARAiOrchestrator(pool=pool, preload=False) as assistant:
        assistant.invoke({"input": "test", "image_path": str(samples / "red.png")})
        clock.advance(59.9)
        assert len(workers(VISION)) == others + 1
        clock.advance(0.2)
        assert len(workers(VISION)) == others
        again = assistant.invoke({"input": "test", "image_path": str(samples / "red.png")})
        assert again["model_used"] == "self_test_vision"


@pytest.mark.parametrize("use_at_s", [30.0, 59.0])
def test_use_postpones_the_unload(
    settings: Settings, folder: DataFolder, samples: Path, use_at_s: float
) -> None:
    clock = VirtualClock()
    pool = ModelPool(settings, folder, clock=clock)
    others = len(workers(VISION))
    turn = {"input": "test", "image_path": str(samples / "red.png")}
    with SARAiOrchestrator(pool=pool, preload=False) as assistant:
        assistant.invoke(turn)
        clock.advance(use_at_s)
        assistant.invoke(turn)
        clock.advance(59.0)
        assert len(workers(VISION)) == others + 1
