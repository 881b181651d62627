"""Hundreds of turns in a row: nothing grows that should not."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.engines.table import open_engine
from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with
from tests.workers import workers

TURNS, WARM_UP_TURNS = 300, 20
GROWTH_MB = 30.0
CONVERSATION_LIMIT_BYTES = 300_000
"""300 short turns are about 35 kB; a checkpoint of each of them would be 6.5 MB."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def assistant(folder: DataFolder) -> Iterator[SARAiOrchestrator]:
    with assistant_with(folder, preload=True, open_engine=open_engine) as opened:
        opened.services.pool.wait_preloaded()
        yield opened


IDLE_THREADS = 2
"""Timers that wait to unload something; a leak would be one thread a turn."""


def resident_mb(*processes: psutil.Process) -> float:
    return sum(process.memory_info().rss for process in processes) / 2**20


def test_a_long_conversation_stays_small(assistant: SARAiOrchestrator) -> None:
    me, worker = psutil.Process(), workers("self_test_tiny")[-1]
    for number in range(TURNS):
        state = assistant.invoke(
            {"input": f"hola {number}", "thread_id": "t", "preferences": {"speed": True}}
        )
        assert state["model_used"] == "self_test_tiny"
        assert len(state["history"]) == number + 1
        if number == WARM_UP_TURNS:
            before_mb, worker_mb = resident_mb(me), resident_mb(worker)
            files, threads = me.num_fds(), me.num_threads()
    assert resident_mb(me) - before_mb < GROWTH_MB
    assert resident_mb(worker) - worker_mb < GROWTH_MB
    assert me.num_fds() == files
    assert me.num_threads() <= threads + IDLE_THREADS, threading.enumerate()
    assert assistant.services.folder.checkpoints.stat().st_size < CONVERSATION_LIMIT_BYTES


def test_many_turns_with_media_leave_no_open_file_and_no_memory(
    assistant: SARAiOrchestrator, samples: Path
) -> None:
    turns: list[dict[str, Any]] = [
        {"input": "?", "image_path": (samples / "red.png").read_bytes()},
        {"input": "?", "video_path": str(samples / "blue.mp4")},
        {"input": "?", "audio_input": (samples / "low.wav").read_bytes()},
        {"input": "¿Cómo configuro SSH en Ubuntu?"},
    ]
    me = psutil.Process()
    for number in range(30):
        for turn in turns:
            assert assistant.invoke(turn)["response"]
        if number == 5:
            before_mb, workers_mb = resident_mb(me), resident_mb(*workers())
            gc.collect()  # decoders keep threads until they are collected
            files, threads = me.num_fds(), me.num_threads()
    gc.collect()
    assert resident_mb(me) - before_mb < GROWTH_MB
    assert resident_mb(*workers()) - workers_mb < GROWTH_MB
    assert me.num_fds() == files
    assert me.num_threads() <= threads + IDLE_THREADS, threading.enumerate()
    kept = [path for path in assistant.services.folder.media.iterdir() if "reply" not in path.name]
    assert len(kept) == 2, "the same bytes are kept once"
