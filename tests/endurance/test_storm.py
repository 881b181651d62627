"""Eight users at once on a machine with room for two models, while workers are killed.

Every answer is the one its model gives in peace, or a beginning of it when it was stopped;
every failure is a typed error; and afterwards nothing is left.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.cancellation import Cancellation
from core.engines.table import open_engine
from core.errors import Cancelled, ModelError, ModelResting
from core.events import Final, Restarted, Token
from core.graph import SARAiOrchestrator
from core.state import State
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with
from tests.media_samples import write_tone
from tests.workers import workers

SEED = 20_260
STORM_S = 45.0
USERS = 8
MODELS = ("self_test_tiny", "self_test_omni", "self_test_vision", "self_test_expert")
SAID_BY = {
    "self_test_tiny": "the tiny model",
    "self_test_omni": "the omni model",
    "self_test_vision": "the picture reached me",
    "self_test_expert": "the expert model",
}
ROOM_FOR_TWO = {
    "runtime.budget_mb": 2048 + 210,
    "runtime.admission_timeout_s": 60,
    "models.lfm2_1_2b.load_on_startup": "false",
    "models.qwen_omni_3b.load_on_startup": "false",
    "models.self_test_tiny.permanent": "false",
    "models.self_test_omni.permanent": "false",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@dataclass
class Storm:
    """What happens in it, and what came of it."""

    assistant: SARAiOrchestrator
    turns: list[dict[str, Any]]
    peaceful: list[str]
    ends_s: float
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    remembered: Counter[str] = field(default_factory=Counter)

    def over(self) -> bool:
        return time.monotonic() >= self.ends_s

    def user(self, number: int) -> None:
        """One turn after the other, each stopped, left or followed to its end."""
        chance = random.Random(SEED + number)
        thread = f"user {number}"
        while not self.over():
            which = chance.randrange(len(self.turns))
            turn = dict(self.turns[which])
            if chance.random() < 0.5:
                turn["thread_id"] = thread
            try:
                state = self._ask(turn, chance)
            except Cancelled:
                self.outcomes["cancelled"] += 1
            except ModelError as error:
                self.outcomes[error.code] += 1
            else:
                self._judge(which, turn, state)

    def _ask(self, turn: dict[str, Any], chance: random.Random) -> State | None:
        """The final state; None when the stream was left early."""
        manner, cancel = chance.random(), Cancellation()
        if manner < 0.5:
            return self.assistant.invoke(turn)
        if manner < 0.7:
            timer = threading.Timer(chance.random() * 0.3, cancel.cancel)
            timer.start()
            try:
                return self.assistant.invoke(turn, cancel=cancel)
            finally:
                timer.cancel()
        return self._follow(turn, leave_after=chance.randrange(30), cancel=manner < 0.85)

    def _follow(self, turn: dict[str, Any], *, leave_after: int, cancel: bool) -> State | None:
        """Stream, and after some events raise the cancellation or walk away."""
        stop = Cancellation()
        said: list[str] = []
        for number, event in enumerate(self.assistant.stream(turn, cancel=stop)):
            if isinstance(event, Restarted):
                said.clear()
            elif isinstance(event, Token):
                said.append(event.text)
            elif isinstance(event, Final):
                if "".join(said) != event.state["response"]:
                    self.wrong.append(f"streamed {said}, stored {event.state['response']}")
                return event.state
            if number == leave_after and not cancel:
                return None
            if number == leave_after:
                stop.cancel()
        return None

    def _judge(self, which: int, turn: dict[str, Any], state: State | None) -> None:
        if state is None:
            self.outcomes["left"] += 1
            return
        self.outcomes[str(state["finish_reason"])] += 1
        if "thread_id" in turn and state["response"]:
            self.remembered[turn["thread_id"]] += 1
        response, model = state["response"] or "", state["model_used"] or ""
        if state["finish_reason"] == "stop" and response != self.peaceful[which]:
            self.wrong.append(f"{turn} was answered {response!r}")
        if not self.peaceful[which].startswith(response):
            self.wrong.append(f"{turn} was answered {response!r}")
        if state["finish_reason"] == "stop" and SAID_BY[model] not in response:
            self.wrong.append(f"{model} did not say {response!r}")

    def killer(self) -> None:
        """End a worker now and then, whatever it is doing."""
        chance = random.Random(SEED - 1)
        while not self.over():
            time.sleep(0.3 + chance.random())
            alive = workers(*MODELS)
            if alive:
                os.kill(chance.choice(alive).pid, signal.SIGKILL)
                self.outcomes["killed"] += 1

    def watcher(self) -> None:
        """The sum of what is reserved never passes the budget."""
        pool = self.assistant.services.pool
        while not self.over():
            status = pool.status()
            if status.reserved_mb > status.budget_mb:
                self.wrong.append(f"{status.reserved_mb} MiB of {status.budget_mb} are reserved")
            time.sleep(0.01)


@pytest.fixture
def turns(samples: Path, tmp_path: Path) -> list[dict[str, Any]]:
    """Media that the self-test models name alike, however long the history before them is."""
    tone, high = write_tone(tmp_path / "tone.wav", 440), samples / "high.wav"
    media: list[dict[str, Any]] = [
        {"input": "?", "image_path": str(samples / "red.png")},
        {"input": "?", "images": [str(samples / "blue.png")]},
        {"input": "?", "video_path": str(samples / "red.mp4")},
        {"input": "?", "audio_input": str(tone)},
        {"input": "?", "audio_input": str(high)},
        {"audio_input": str(high)},
    ]
    words = ("hola", "hello", "¿Cómo configuro SSH en Ubuntu?", "Estoy muy triste y me siento solo")
    return [*media, *({"input": text} for text in words)]


@pytest.fixture
def storm(folder: DataFolder, turns: list[dict[str, Any]]) -> Iterator[Storm]:
    with assistant_with(
        folder,
        {**ROOM_FOR_TWO, "voice.speak": "false"},
        preload=True,
        open_engine=open_engine,
    ) as assistant:
        peaceful = [assistant.invoke(turn)["response"] or "" for turn in turns]
        yield Storm(assistant, turns, peaceful, time.monotonic() + STORM_S)


def run(storm: Storm) -> None:
    with ThreadPoolExecutor(USERS + 2) as threads:
        running: list[Future[None]] = [threads.submit(storm.killer), threads.submit(storm.watcher)]
        running += [threads.submit(storm.user, number) for number in range(USERS)]
        for each in running:
            each.result(STORM_S + 120)


def rested(assistant: SARAiOrchestrator, turn: dict[str, Any]) -> State:
    """The answer, after the rest that a model takes which was killed again and again."""
    try:
        return assistant.invoke(turn)
    except ModelResting as error:
        time.sleep(error.retry_after_s + 0.1)
        return assistant.invoke(turn)


def test_a_storm_of_users_and_dying_workers(storm: Storm) -> None:
    me = psutil.Process()
    files = me.num_fds()
    run(storm)
    assert storm.wrong == [], "\n".join(storm.wrong)
    assert storm.outcomes["stop"] > 50, storm.outcomes
    assert storm.outcomes["killed"] > 10, storm.outcomes
    assert storm.outcomes["cancelled"] > 5, storm.outcomes
    assert set(storm.outcomes) <= {
        *("stop", "cancelled", "left", "killed"),
        *("engine_crashed", "model_resting", "pool_busy"),
    }, storm.outcomes

    pool = storm.assistant.services.pool
    assert [model.name for model in pool.status().models if model.leases] == []
    for turn, peaceful in zip(storm.turns, storm.peaceful, strict=True):
        assert rested(storm.assistant, turn)["response"] == peaceful
    for thread, turns in storm.remembered.items():
        state = storm.assistant.invoke({"input": "hola", "thread_id": thread})
        assert len(state["history"]) >= turns + 1  # those that were left may have ended too

    assert len(workers(*MODELS)) == sum(m.state == "ready" for m in pool.status().models)
    storm.assistant.close()
    assert workers(*MODELS) == []
    assert pool.status().reserved_mb == 0
    assert me.num_fds() <= files
