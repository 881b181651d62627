"""Every picture, frame and recording reaches the model, in full and together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.engines.protocol import Message
from core.errors import ContextOverflow, ModelLacksModality
from core.graph import SARAiOrchestrator
from core.state import State
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.media_samples import write_video
from tests.tiny_models import random_text

RED, BLUE = "red.png", "blue.png"


def prompt_tokens(state: State) -> int:
    assert state["usage"] is not None
    return state["usage"]["prompt_tokens"]


def ask(assistant: SARAiOrchestrator, **turn: Any) -> State:
    return assistant.invoke({"input": "?", **turn})


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds that darken all the time."""
    return write_video(
        tmp_path_factory.mktemp("clip") / "ten.mp4", (200, 30, 30), duration_s=10.0, fps=8
    )


def test_each_of_several_images_reaches_the_model(
    orchestrator: SARAiOrchestrator, samples: Path
) -> None:
    red, blue = str(samples / RED), str(samples / BLUE)
    one = ask(orchestrator, images=[red])
    both = ask(orchestrator, images=[red, blue])
    mixed = ask(orchestrator, image_path=red, images=[blue])
    assert prompt_tokens(both) > prompt_tokens(one) + 20
    assert both["response"] != one["response"]
    assert mixed["response"] == both["response"]
    assert prompt_tokens(mixed) == prompt_tokens(both)


def test_twenty_small_images_keep_their_size(
    orchestrator: SARAiOrchestrator, samples: Path
) -> None:
    red = str(samples / RED)
    one, two, twenty = (
        prompt_tokens(ask(orchestrator, images=[red] * count)) for count in (1, 2, 20)
    )
    assert twenty - one == 19 * (two - one)


def test_twenty_large_images_are_made_to_fit_and_that_is_told(
    orchestrator: SARAiOrchestrator, tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    Image.radial_gradient("L").resize((1600, 1200)).convert("RGB").save(large)
    alone = ask(orchestrator, images=[large])
    together = follow(orchestrator, {"input": "?", "images": [large] * 20})
    smallest_context = orchestrator.services.settings.models["qwen3_vl_4b"].context_length
    assert 1000 < prompt_tokens(alone) < prompt_tokens(together.state) < smallest_context
    told = [warning for warning in together.warned if "20 pictures share" in warning]
    assert len(told) == 1
    assert not any("pictures share" in warning for warning in alone["warnings"])


def test_more_images_than_any_context_holds_are_an_error_with_figures(
    folder: DataFolder, samples: Path
) -> None:
    keys = {"models.self_test_vision.context_length": 2048}
    with (
        assistant_with(folder, keys) as assistant,
        pytest.raises(ContextOverflow) as caught,
    ):
        ask(assistant, images=[str(samples / RED)] * 80)
    assert caught.value.prompt_tokens > caught.value.context_tokens == 2048


def test_a_long_video_is_seen_from_its_first_to_its_last_frame(
    orchestrator: SARAiOrchestrator, clip: Path
) -> None:
    whole = ask(orchestrator, video_path=clip)
    start = ask(orchestrator, video_path=clip, video_end_s=1.0)
    end = ask(orchestrator, video_path=clip, video_start_s=9.0)
    sparse = ask(orchestrator, video_path=clip, fps=0.5)
    assert start["response"] != end["response"]
    for part in (start, end, sparse):
        assert prompt_tokens(part) < prompt_tokens(whole) / 2
    assert not any("looked at in" in warning for warning in whole["warnings"])


def test_a_video_with_more_frames_than_fit_is_told(
    orchestrator: SARAiOrchestrator, clip: Path
) -> None:
    state = ask(orchestrator, video_path=clip, fps=8.0)
    assert any("frames over" in warning for warning in state["warnings"])
    assert prompt_tokens(state) < 8192


def test_a_recording_beside_a_video_is_heard_and_the_video_is_seen(
    orchestrator: SARAiOrchestrator, clip: Path, samples: Path
) -> None:
    turn = {"video_path": str(clip), "audio_input": str(samples / "low.wav")}
    state = orchestrator.invoke(turn)
    other = orchestrator.invoke({**turn, "audio_input": str(samples / "high.wav")})
    assert (state["input_type"], state["agent_used"]) == ("video", "vision")
    assert [*state["timings_ms"]][:3] == ["detect_input_type", "process_voice", "generate_vision"]
    assert state["transcript"] != other["transcript"]
    assert state["input"] == state["transcript"]
    assert "nothing" not in (state["response"] or "")
    assert state["usage"] is not None
    assert state["usage"]["calls"] == 2


def test_what_is_heard_is_written_down_and_asked(
    orchestrator: SARAiOrchestrator, samples: Path
) -> None:
    """The second model call is asked the transcript: its cost tells so to the token."""
    low, high = (
        orchestrator.invoke({"audio_input": str(samples / name)})
        for name in ("low.wav", "high.wav")
    )
    assert low["transcript"] != high["transcript"]
    assert "nothing" not in (low["transcript"] or "")
    model = orchestrator.services.pool.get("self_test_omni")
    heard = [model.count_tokens([Message.text("user", s["transcript"] or "")]) for s in (low, high)]
    assert heard[0] != heard[1]
    assert prompt_tokens(low) - prompt_tokens(high) == heard[0] - heard[1]


def test_a_lower_resolution_costs_less(orchestrator: SARAiOrchestrator) -> None:
    picture = Image.new("RGB", (1024, 1024), (10, 200, 10))
    full = ask(orchestrator, image_path=picture)
    small = ask(orchestrator, image_path=picture, resolution=256)
    assert prompt_tokens(small) < prompt_tokens(full) / 4


def test_a_warning_is_told_once_in_a_turn(orchestrator: SARAiOrchestrator, samples: Path) -> None:
    """Both calls of a spoken question fall back for the same reason."""
    seen = follow(orchestrator, {"audio_input": str(samples / "low.wav")})
    assert seen.state["usage"] is not None
    assert seen.state["usage"]["calls"] == 2
    assert len(seen.warned) == len(set(seen.warned))
    assert seen.warned == seen.state["warnings"]


@pytest.mark.parametrize(
    ("model", "turn"),
    [("qwen3_vl_4b", {"image_path": RED}), ("qwen_omni_3b", {"audio_input": "low.wav"})],
)
def test_a_model_without_its_projector_says_which_key_names_it(
    folder: DataFolder, samples: Path, tmp_path: Path, model: str, turn: Mapping[str, str]
) -> None:
    """A fallback would hide that the configuration is incomplete."""
    keys = {
        f"models.{model}.gguf_file": random_text(tmp_path),
        f"models.{model}.mmproj_file": "null",
        f"models.{model}.context_length": 4096,
    }
    with assistant_with(folder, keys) as assistant:
        with pytest.raises(ModelLacksModality) as caught:
            assistant.invoke({key: str(samples / name) for key, name in turn.items()})
        assert caught.value.model == model
        assert "mmproj_file" in caught.value.hint
        words = assistant.invoke(
            {"input": "hola", "preferences": {"model": model, "max_tokens": 4}}
        )
        assert words["model_used"] == model
