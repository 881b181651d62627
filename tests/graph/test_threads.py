"""Conversations: remembered by name, kept small, told when turns do not fit."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import Settings, load_settings
from core.storage.folder import DataFolder
from tests.conftest import NO_OLLAMA

CHECKPOINT_LIMIT_BYTES = 200_000


@pytest.fixture
def assistant(settings: Settings, folder: DataFolder) -> Iterator[SARAiOrchestrator]:
    with SARAiOrchestrator(pool=ModelPool(settings, folder)) as assistant:
        yield assistant


def test_a_thread_remembers_and_a_turn_without_one_does_not(assistant: SARAiOrchestrator) -> None:
    first = assistant.invoke({"input": "hola", "thread_id": "t"})
    second = assistant.invoke({"input": "hello", "thread_id": "t"})
    alone = assistant.invoke("hello")
    assert [turn["user"] for turn in second["history"]] == ["hola", "hello"]
    assert second["history"][0]["assistant"] == first["response"]
    assert [turn["user"] for turn in alone["history"]] == ["hello"]
    assert second["usage"] is not None
    assert alone["usage"] is not None
    assert second["usage"]["prompt_tokens"] > alone["usage"]["prompt_tokens"]


def test_a_thread_outlives_the_process(settings: Settings, folder: DataFolder) -> None:
    for _ in range(2):
        with SARAiOrchestrator(pool=ModelPool(settings, folder)) as assistant:
            state = assistant.invoke({"input": "hola", "thread_id": "t"})
    assert len(state["history"]) == 2


def test_the_picture_of_one_turn_does_not_leak_into_the_next(
    assistant: SARAiOrchestrator, samples: Path
) -> None:
    assistant.invoke({"image_path": str(samples / "red.png"), "thread_id": "t"})
    state = assistant.invoke({"input": "hola", "thread_id": "t"})
    assert (state["input_type"], state["image_path"]) == ("text", None)
    assert state["transcript"] is None


def test_media_stay_out_of_the_checkpoints(assistant: SARAiOrchestrator, samples: Path) -> None:
    data = (samples / "red.png").read_bytes()
    assistant.invoke({"image_path": data, "audio_input": None, "thread_id": "t"})
    path = assistant.services.folder.checkpoints
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("SELECT sum(length(checkpoint)) FROM checkpoints").fetchone()
    assert size < CHECKPOINT_LIMIT_BYTES


def test_store_memory_false_leaves_no_trace(assistant: SARAiOrchestrator) -> None:
    state = assistant.invoke({"input": "secreto", "thread_id": "t", "store_memory": False})
    assert state["history"] == []
    assert "secreto" not in assistant.services.folder.feedback_log.read_text()


def test_forgetting_a_thread(assistant: SARAiOrchestrator) -> None:
    assistant.invoke({"input": "hola", "thread_id": "t"})
    assistant.forget("t")
    assert len(assistant.invoke({"input": "hola", "thread_id": "t"})["history"]) == 1


def test_turns_that_do_not_fit_are_left_out_and_told(folder: DataFolder) -> None:
    settings = load_settings(
        environ={**NO_OLLAMA, "SARAI__MODELS__SELF_TEST_TINY__CONTEXT_LENGTH": "512"}
    )
    with SARAiOrchestrator(pool=ModelPool(settings, folder)) as assistant:
        turn = {"input": "hola " * 40, "thread_id": "t", "preferences": {"max_tokens": 64}}
        warnings = [assistant.invoke(turn)["warnings"] for _ in range(6)]
    assert not any("earlier turns" in warning for warning in warnings[0])
    assert any("earlier turns" in warning for warning in warnings[-1])
