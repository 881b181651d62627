"""The graph from end to end, on real llama.cpp: text, pictures, videos and recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cancellation import Cancellation
from core.errors import InvalidInput, MediaError
from core.events import Final, NodeFinished, NodeStarted, Token
from core.graph import SARAiOrchestrator
from core.intake import INPUT_KEYS
from core.state import State
from tests.media_samples import picture

TEXT_PATH = [
    "detect_input_type",
    "classify",
    "weigh",
    "route",
    "tiny",
    "enhance_emotion",
    "feedback",
    "total",
]


def test_a_bare_string_takes_the_text_path(orchestrator: SARAiOrchestrator) -> None:
    state = orchestrator.invoke("hola")
    assert list(state["timings_ms"]) == TEXT_PATH
    assert set(state) == set(State.__annotations__)
    assert (state["route"], state["agent_used"], state["language"]) == ("tiny", "tiny", "es")
    assert state["model_used"] == "self_test_tiny"
    assert (state["response"] or "").startswith("self-test reply")
    assert state["usage"] is not None
    assert state["usage"]["calls"] == 1
    assert state["usage"]["completion_tokens"] > 0
    assert all(ms >= 0 for ms in state["timings_ms"].values())


def test_a_hard_question_reaches_the_expert(orchestrator: SARAiOrchestrator) -> None:
    state = orchestrator.invoke("¿Cómo configuro SSH en Ubuntu?")
    assert (state["route"], state["agent_used"]) == ("expert", "expert")
    assert state["tried"] == ["solar_ollama", "solar_gguf"]
    assert state["model_used"] == "self_test_expert"
    assert state["alpha"] is not None
    assert state["alpha"] > 0.7
    assert any("solar_ollama" in warning or "Ollama" in warning for warning in state["warnings"])


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        ("image_path", "red.png", "blue.png"),
        ("video_path", "red.mp4", "blue.mp4"),
        ("audio_input", "low.wav", "high.wav"),
    ],
)
def test_different_media_give_different_answers(
    orchestrator: SARAiOrchestrator, samples: Path, key: str, first: str, second: str
) -> None:
    turns = [{"input": "what is it?", key: str(samples / name)} for name in (first, second, first)]
    one, other, again = (orchestrator.invoke(turn)["response"] for turn in turns)
    assert one == again
    assert one != other
    assert "nothing" not in (one or "")


def test_words_without_a_picture_show_that_none_arrived(orchestrator: SARAiOrchestrator) -> None:
    """The counterpart of the test above: it is the picture that makes the difference."""
    state = orchestrator.invoke({"input": "hi", "preferences": {"model": "self_test_vision"}})
    assert "nothing" in (state["response"] or "")


def test_every_form_of_an_image_is_the_same_image(
    orchestrator: SARAiOrchestrator, samples: Path
) -> None:
    path = samples / "red.png"
    forms: list[Any] = [path, str(path), path.read_bytes(), picture((200, 30, 30))]
    answers = [
        orchestrator.invoke({"input": "?", "image_path": form})["response"] for form in forms
    ]
    assert len(set(answers)) == 1


def test_bytes_and_arrays_become_files_before_the_graph(
    orchestrator: SARAiOrchestrator, samples: Path
) -> None:
    rng = np.random.default_rng(0)
    state = orchestrator.invoke(
        {
            "input": "?",
            "images": [(samples / "red.png").read_bytes()],
            "audio_input": rng.uniform(-0.3, 0.3, 16_000).astype(np.float32),
        }
    )
    media = orchestrator.services.folder.media
    assert [Path(path).parent for path in state["images"] or []] == [media]
    assert Path(state["audio_input"] or "").parent == media


def test_a_recording_beside_a_picture_is_the_question(
    orchestrator: SARAiOrchestrator, samples: Path
) -> None:
    state = orchestrator.invoke(
        {"image_path": str(samples / "red.png"), "audio_input": str(samples / "low.wav")}
    )
    assert (state["input_type"], state["agent_used"]) == ("image", "vision")
    assert state["transcript"]
    assert state["input"] == state["transcript"]
    assert [*state["timings_ms"]][:3] == ["detect_input_type", "process_voice", "generate_vision"]
    assert state["usage"] is not None
    assert state["usage"]["calls"] == 2


@pytest.mark.parametrize(
    ("given", "key", "nearest"),
    [
        ({"image_pth": "x.png"}, "image_pth", "image_path"),
        ({"input": "hi", "preferences": {"sped": True}}, "preferences.sped", "speed"),
        ({"input": "hi", "preferences": {"model": "solar"}}, "preferences.model.solar", "solar_"),
        ({"input": "hi", "response": "x"}, "response", "filled by the graph"),
        ({"input": 7}, "input", "string"),
        ({"input": "hi", "fps": -1.0}, "fps", "greater than 0"),
        ({"image_path": "/nowhere/x.png"}, "image_path", "no file"),
        ({"input": "hi", "video_start_s": 5.0, "video_end_s": 2.0}, "video_start_s", "before"),
        ({}, "input", "Nothing was asked"),
        ("  ", "input", "Nothing was asked"),
    ],
)
def test_bad_input_names_the_key_before_anything_runs(
    orchestrator: SARAiOrchestrator, given: Any, key: str, nearest: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        orchestrator.stream(given)
    assert caught.value.key == key
    assert nearest in str(caught.value)


def test_a_damaged_picture_is_told_before_a_model_is_loaded(
    orchestrator: SARAiOrchestrator, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n not really")
    with pytest.raises(MediaError, match="picture is damaged"):
        orchestrator.invoke({"input": "?", "image_path": str(damaged)})


def test_every_input_key_belongs_to_the_state() -> None:
    assert set(INPUT_KEYS) < set(State.__annotations__)


def test_the_stream_tells_the_whole_story(orchestrator: SARAiOrchestrator) -> None:
    events = list(orchestrator.stream("hola"))
    started = [event.node for event in events if isinstance(event, NodeStarted)]
    finished = [event.node for event in events if isinstance(event, NodeFinished)]
    assert started == finished == TEXT_PATH[:-1]
    final = events[-1]
    assert isinstance(final, Final)
    streamed = "".join(event.text for event in events if isinstance(event, Token))
    assert streamed == final.state["response"]


def test_what_is_streamed_is_the_final_text_also_with_an_opening(
    orchestrator: SARAiOrchestrator,
) -> None:
    events = list(orchestrator.stream("Estoy muy triste, mi perro ha muerto"))
    final = events[-1]
    assert isinstance(final, Final)
    streamed = "".join(event.text for event in events if isinstance(event, Token))
    diff = final.state["emotion_diff"]
    assert diff is not None
    assert streamed == final.state["response"]
    assert streamed.startswith(diff["opening"])


def test_leaving_a_stream_stops_the_model_and_the_next_turn_works(
    orchestrator: SARAiOrchestrator,
) -> None:
    cancel = Cancellation()
    events = orchestrator.stream("hola", cancel=cancel)
    while not isinstance(next(events), Token):
        pass
    events.close()  # type: ignore[attr-defined]  # a generator behind Iterator
    assert cancel.cancelled
    assert orchestrator.invoke("hola")["finish_reason"] == "stop"


def test_cancelling_keeps_what_was_said(orchestrator: SARAiOrchestrator) -> None:
    cancel = Cancellation()
    cancelled_state: State | None = None
    turn = {"input": "hola", "preferences": {"model": "self_test_tiny"}}
    for event in orchestrator.stream(turn, cancel=cancel):
        if isinstance(event, Token):
            cancel.cancel()
        if isinstance(event, Final):
            cancelled_state = event.state
    assert cancelled_state is not None
    assert cancelled_state["response"]
    assert cancelled_state["finish_reason"] in {"cancelled", "stop"}
