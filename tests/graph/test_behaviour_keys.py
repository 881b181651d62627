"""Keys of generation, media, voice, mood, feedback and Ollama do what they say."""

from __future__ import annotations

import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.errors import MediaError
from core.feedback.log import read_records
from core.graph import SARAiOrchestrator
from core.state import State
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.media_samples import write_tone, write_video
from tests.ollama_emulator import OllamaEmulator, Stall

HARD = "¿Cómo configuro SSH en Ubuntu?"
SAD = "Estoy muy triste y me siento solo, mi perro ha muerto"


def prompt_tokens(state: State) -> int:
    assert state["usage"] is not None
    return state["usage"]["prompt_tokens"]


def ask_with(folder: DataFolder, keys: Mapping[str, object], turn: dict[str, Any] | str) -> State:
    with assistant_with(folder, keys) as assistant:
        return assistant.invoke(turn)


def test_generation_temperature_and_top_p(folder: DataFolder, server: OllamaEmulator) -> None:
    keys = {
        "ollama.base_url": server.base_url,
        "generation.temperature": 0.1,
        "generation.top_p": 0.5,
        "generation.max_tokens": 99,
    }
    ask_with(folder, keys, HARD)
    options = server.requests("/api/chat")[-1].body["options"]
    assert (options["temperature"], options["top_p"], options["num_predict"]) == (0.1, 0.5, 99)


def test_generation_max_tokens(folder: DataFolder) -> None:
    state = ask_with(folder, {"generation.max_tokens": 3}, "hola")
    assert state["usage"] is not None
    assert state["usage"]["completion_tokens"] == 3
    assert state["finish_reason"] == "length"
    assert "The answer was cut at 3 tokens." in state["warnings"]


def test_ollama_read_timeout_s(folder: DataFolder, server: OllamaEmulator) -> None:
    server.fail_next(Stall(after_tokens=1))
    keys = {"ollama.base_url": server.base_url, "ollama.read_timeout_s": 0.2}
    state = ask_with(folder, keys, HARD)
    assert (state["model_used"], state["tried"][0]) == ("self_test_expert", "solar_ollama")
    assert any("stayed silent" in warning for warning in state["warnings"])


def test_ollama_connect_timeout_s(folder: DataFolder) -> None:
    with assistant_with(folder, {"ollama.connect_timeout_s": 0.125}) as assistant:
        spec = assistant.services.pool.resolve("solar_ollama").spec
    assert (spec.connect_timeout_s, spec.read_timeout_s) == (0.125, 300.0)


@pytest.mark.parametrize(
    ("keys", "size_px", "reason"),
    [
        ({"media.max_file_mb": 0.0001}, (64, 64), "larger than"),
        ({"media.max_pixels": 1000}, (64, 64), "pixels"),
        ({"media.max_side_px": 100}, (128, 8), "128"),
    ],
)
def test_limits_on_images(
    folder: DataFolder, tmp_path: Path, keys: dict[str, object], size_px: Any, reason: str
) -> None:
    path = tmp_path / "picture.bmp"
    Image.new("RGB", size_px, (9, 9, 9)).save(path)
    turn = {"image_path": str(path)}
    assert ask_with(folder, {}, turn)["response"]
    with pytest.raises(MediaError, match=reason) as caught:
        ask_with(folder, keys, turn)
    assert caught.value.key == "image_path"


def test_media_image_max_tokens_and_image_min_tokens(folder: DataFolder) -> None:
    large, small = Image.new("RGB", (1024, 1024)), Image.new("RGB", (40, 40))
    usual = {
        picture.size: prompt_tokens(ask_with(folder, {}, {"input": "?", "image_path": picture}))
        for picture in (large, small)
    }
    cut = ask_with(folder, {"media.image_max_tokens": 100}, {"input": "?", "image_path": large})
    grown = ask_with(folder, {"media.image_min_tokens": 400}, {"input": "?", "image_path": small})
    assert usual[large.size] - prompt_tokens(cut) == pytest.approx(1024 - 100, abs=5)
    assert prompt_tokens(grown) - usual[small.size] == pytest.approx(400 - 64, abs=5)


@pytest.mark.parametrize(
    "keys",
    [{"media.video_fps": 0.5}, {"media.video_max_frames": 2}, {"media.frame_max_tokens": 16}],
)
def test_limits_on_videos(
    orchestrator: SARAiOrchestrator, folder: DataFolder, tmp_path: Path, keys: dict[str, object]
) -> None:
    video = write_video(tmp_path / "v.mp4", (200, 30, 30), duration_s=4.0)
    turn = {"input": "?", "video_path": str(video)}
    usual = orchestrator.invoke(turn)
    limited = ask_with(folder, keys, turn)
    assert prompt_tokens(limited) < prompt_tokens(usual)
    thinned = "media.video_max_frames" in keys
    assert any("frames over" in warning for warning in limited["warnings"]) is thinned


def test_media_audio_max_s(folder: DataFolder, tmp_path: Path) -> None:
    tone = write_tone(tmp_path / "tone.wav", 440, duration_s=2.0)
    with pytest.raises(MediaError, match="longer"):
        ask_with(folder, {"media.audio_max_s": 1.0}, {"audio_input": str(tone)})


@pytest.mark.parametrize("key", ["image_path", "video_path", "audio_input"])
def test_media_allowed_folders(folder: DataFolder, samples: Path, tmp_path: Path, key: str) -> None:
    name = {"image_path": "red.png", "video_path": "red.mp4", "audio_input": "low.wav"}[key]
    turn = {"input": "?", key: str(samples / name)}
    with pytest.raises(MediaError, match="outside the allowed folders"):
        ask_with(folder, {"media.allowed_folders": f'["{tmp_path}"]'}, turn)
    allowed = ask_with(folder, {"media.allowed_folders": f'["{samples}"]'}, turn)
    assert allowed["response"]


@pytest.mark.parametrize(("key", "name"), [("image_path", "red.png"), ("audio_input", "low.wav")])
def test_media_that_came_as_bytes_need_no_allowed_folder(
    folder: DataFolder, samples: Path, key: str, name: str
) -> None:
    """They are kept in the data folder, which the user did not have to name."""
    keys = {"media.allowed_folders": f'["{samples}"]'}
    assert folder.root not in samples.parents
    turn = {"input": "?", key: (samples / name).read_bytes()}
    assert ask_with(folder, keys, turn)["response"]
    elsewhere = folder.root / "private.png"
    elsewhere.write_bytes((samples / "red.png").read_bytes())
    with pytest.raises(MediaError, match="outside the allowed folders"):
        ask_with(folder, keys, {"input": "?", "image_path": str(elsewhere)})


def test_voice_route_transcript(folder: DataFolder, server: OllamaEmulator, samples: Path) -> None:
    keys: dict[str, object] = {"ollama.base_url": server.base_url}
    turn = {"audio_input": str(samples / "low.wav"), "preferences": {"quality": True}}
    heard = ask_with(folder, keys, turn)
    assert (heard["agent_used"], heard["route"]) == ("omni", "omni")
    state = ask_with(folder, {**keys, "voice.route_transcript": "true"}, turn)
    assert [*state["timings_ms"]][:5] == [
        *("detect_input_type", "process_voice", "classify", "weigh", "route")
    ]
    assert (state["agent_used"], state["model_used"]) == ("expert", "solar_ollama")
    question = server.requests("/api/chat")[-1].body["messages"][-1]
    assert question == {"role": "user", "content": state["transcript"]}
    assert state["transcript"] == heard["transcript"]
    assert "speak" in state["timings_ms"]


SPEAKER = """#!/bin/sh
while [ "$1" != -w ]; do shift; done
cat > "$2"
"""


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An espeak-ng that writes down what it was to say, whether or not there is a real one."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "espeak-ng"
    program.write_text(SPEAKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")


@pytest.mark.usefixtures("speaker")
@pytest.mark.parametrize("speak", ["true", "false"])
def test_voice_speak(folder: DataFolder, samples: Path, speak: str) -> None:
    turn = {"audio_input": str(samples / "low.wav")}
    state = ask_with(folder, {"voice.speak": speak}, turn)
    assert (state["audio_output"] is not None) is (speak == "true")
    if state["audio_output"]:
        assert "omni model is running" in Path(state["audio_output"]).read_text()


@pytest.mark.usefixtures("speaker")
def test_a_full_or_missing_media_folder_costs_the_sound_and_not_the_answer(
    folder: DataFolder, samples: Path
) -> None:
    with assistant_with(folder) as assistant:
        folder.media.rmdir()
        folder.media.write_text("no folder")
        seen = follow(assistant, {"audio_input": str(samples / "low.wav")})
    assert seen.state["response"] == seen.text
    assert seen.state["audio_output"] is None
    assert any("is not spoken" in warning for warning in seen.warned)


def test_what_is_spoken_is_a_recording(orchestrator: SARAiOrchestrator, samples: Path) -> None:
    """With the real espeak-ng where there is one; without it, a warning says how to get it."""
    state = orchestrator.invoke({"audio_input": str(samples / "low.wav")})
    if state["audio_output"] is None:
        assert any("apt install espeak-ng" in warning for warning in state["warnings"])
        return
    with wave.open(state["audio_output"]) as recording:
        assert recording.getnframes() > recording.getframerate()


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_emotion_enabled(folder: DataFolder, server: OllamaEmulator, enabled: str) -> None:
    keys = {
        "ollama.base_url": server.base_url,
        "routing.multimodal_variant_selection.empathy.model": "solar_ollama",
        "emotion.enabled": enabled,
    }
    state = ask_with(folder, keys, SAD)
    assert state["route"] == "omni"
    system = server.requests("/api/chat")[-1].body["messages"][0]["content"]
    if enabled == "true":
        assert state["emotion"] is not None
        assert state["emotion"]["label"] == "sadness"
        assert state["emotion_diff"] is not None
        assert (state["response"] or "").startswith(state["emotion_diff"]["opening"])
        assert "La persona" in system
    else:
        assert (state["emotion"], state["tone_style"], state["emotion_diff"]) == (None, None, None)
        assert (state["response"] or "").startswith("reply ")
        assert "La persona" not in system


def test_feedback_enabled(folder: DataFolder) -> None:
    state = ask_with(folder, {"feedback.enabled": "false"}, "hola")
    assert state["feedback"] is None
    assert not folder.feedback_log.exists()
    assert ask_with(folder, {}, "hola")["feedback"] is not None
    assert len(read_records(folder.feedback_log).records) == 1


def test_feedback_store_text(folder: DataFolder) -> None:
    for stored in ("false", "true"):
        ask_with(folder, {"feedback.store_text": stored}, "hola calamar")
    figures, words = read_records(folder.feedback_log).records
    assert "input" not in figures
    assert "response" not in figures
    assert words["input"] == "hola calamar"
    assert words["response"].startswith("self-test reply")
    assert figures["model_used"] == words["model_used"] == "self_test_tiny"
