"""Odd but possible input: answered, or refused by name before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.engines.protocol import Message
from core.errors import InvalidInput, MediaError
from core.graph import SARAiOrchestrator
from tests.engines.contract import GREEDY, answer
from tests.workers import workers


@pytest.mark.parametrize("given", [None, 5, [], ["hola"], b"hola"])
def test_a_turn_is_a_text_or_a_mapping(orchestrator: SARAiOrchestrator, given: Any) -> None:
    with pytest.raises(InvalidInput, match="a text or a mapping"):
        orchestrator.invoke(given)


def test_no_images_at_all_are_no_question(orchestrator: SARAiOrchestrator) -> None:
    with pytest.raises(InvalidInput, match="Nothing was asked"):
        orchestrator.invoke({"images": []})


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("ma\udcc3ana", "ma�ana"),
        ("\ud83d\ude00 hola", "😀 hola"),
        ("hola\0", "hola\0"),
    ],
)
def test_halves_of_characters_cost_no_worker(
    orchestrator: SARAiOrchestrator, given: str, seen: str
) -> None:
    orchestrator.services.pool.wait_preloaded()
    before = [worker.pid for worker in workers("self_test_tiny")]
    turn = {"input": given, "system_prompt": given, "context": [given]}
    state = orchestrator.invoke({**turn, "preferences": {"model": "self_test_tiny"}})
    assert (state["input"], state["system_prompt"], state["context"]) == (seen, seen, [seen])
    assert state["response"]
    assert [worker.pid for worker in workers("self_test_tiny")] == before


def test_an_engine_survives_halves_of_characters(orchestrator: SARAiOrchestrator) -> None:
    engine = orchestrator.services.pool.get("self_test_tiny")
    assert engine.count_tokens([Message.text("user", "ma\udcc3ana")]) > 0
    assert answer(engine, GREEDY)[0]


def test_a_file_address_is_its_path(
    orchestrator: SARAiOrchestrator, samples: Path, tmp_path: Path
) -> None:
    spaced = tmp_path / "mi foto 100%.png"
    spaced.write_bytes((samples / "red.png").read_bytes())
    state = orchestrator.invoke({"input": "?", "image_path": spaced.as_uri()})
    assert state["image_path"] == str(spaced)


@pytest.mark.parametrize("key", ["image_path", "video_path", "audio_input"])
def test_nothing_is_fetched(orchestrator: SARAiOrchestrator, key: str) -> None:
    with pytest.raises(MediaError, match="network") as caught:
        orchestrator.invoke({key: "https://example.org/file"})
    assert caught.value.key == key


@pytest.mark.parametrize("path", ["x" * 5000, "~nobody-here/x.png", "a\0b", "/", ""])
def test_impossible_paths_are_named(orchestrator: SARAiOrchestrator, path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        orchestrator.invoke({"input": "?", "image_path": path})
    assert caught.value.key == "image_path"
    assert len(str(caught.value)) < 600
