"""32 threads on six models with room for two, while workers are killed and a file is broken.

Every answer is the one its model was made to give, or a beginning of it; every failure is a
typed error; afterwards nothing is leased, no process is left and the memory is back.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from core.cancellation import Cancellation
from core.engines.protocol import Completion, GenerationRequest, Message
from core.errors import Cancelled, ModelError, ModelFileInvalid, ModelTooLarge
from core.model_pool import ModelPool
from core.storage.folder import open_data_folder
from tests import tiny_models
from tests.model_pool.fakes import settings_for
from tests.workers import workers

SEED = 31
WARM_UP_S, STORM_S = 8.0, 35.0
THREADS = 32
SOUND = ("a", "b", "c", "d", "e")
BROKEN = "broken"
NAMES = (*SOUND, BROKEN)
HELLO = GenerationRequest((Message.text("user", "hola"),), max_tokens=64, temperature=0)
ALLOWED = {
    *("stop", "stopped", "cancelled", "killed", "pool_busy", "engine_crashed"),
    *("model_resting", "model_file_invalid"),
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def pieces_of(name: str) -> list[str]:
    """No piece twice: each tells the scripted model which one follows."""
    return ["I", " am", f" model {name}", ",", " and", " nobody", " else", "."]


def reply_of(name: str) -> str:
    return "".join(pieces_of(name))


@dataclass
class Storm:
    """What happens in it, and what came of it."""

    pool: ModelPool
    ends_s: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def over(self) -> bool:
        return time.monotonic() >= self.ends_s

    def count(self, outcome: str) -> None:
        with self.lock:
            self.outcomes[outcome] += 1

    def user(self, number: int) -> None:
        chance = random.Random(SEED + number)
        while not self.over():
            name = chance.choice(NAMES)
            cancel = Cancellation()
            timer = threading.Timer(chance.random() * 0.5, cancel.cancel)
            if chance.random() < 0.3:
                timer.start()
            try:
                self._ask(name, cancel, timeout_s=chance.choice([0.05, 5.0, 60.0]))
            except Cancelled:
                self.count("cancelled")
            except ModelError as error:
                self.count(error.code)
                if (error.code == "model_file_invalid") != (name == BROKEN):
                    self.wrong.append(f"{name}: {error}")
            finally:
                timer.cancel()

    def _ask(self, name: str, cancel: Cancellation, timeout_s: float) -> None:
        said, reason = "", ""
        with self.pool.lease(name, cancel=cancel, timeout_s=timeout_s) as engine:
            for item in engine.generate(HELLO, cancel):
                if isinstance(item, Completion):
                    reason = item.finish_reason
                else:
                    said += item.text
        whole = reply_of(name)
        if (said != whole) if reason == "stop" else not whole.startswith(said):
            self.wrong.append(f"{name} said {said!r}")
        self.count("stop" if reason == "stop" else "stopped")

    def killer(self) -> None:
        chance = random.Random(SEED - 1)
        while not self.over():
            time.sleep(0.2 + chance.random())
            for worker in workers(*NAMES)[:1]:
                os.kill(worker.pid, signal.SIGKILL)
                self.count("killed")

    def watcher(self) -> None:
        while not self.over():
            status = self.pool.status()
            if status.reserved_mb > status.budget_mb:
                self.wrong.append(f"{status.reserved_mb} MiB of {status.budget_mb} are reserved")
            if BROKEN in {model.name for model in status.models if model.reserved_mb}:
                self.wrong.append("the broken file took somebody's place")
            time.sleep(0.005)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five models, each with a reply of its own, and one file cut off in its middle."""
    for name in SOUND:
        pieces = [piece.encode() for piece in pieces_of(name)]
        tiny_models.scripted_text(tmp_path, pieces, name=name)
    data = (tmp_path / "a.gguf").read_bytes()
    (tmp_path / f"{BROKEN}.gguf").write_bytes(data[: len(data) // 2])
    return tmp_path


def pool_for(folder: Path, **keys: dict[str, object]) -> ModelPool:
    """Room for two."""
    files = {name: {"gguf_file": str(folder / f"{name}.gguf")} for name in NAMES}
    models = {name: {**files[name], "context_length": 256, **keys.get(name, {})} for name in NAMES}
    probe = ModelPool(settings_for(models), open_data_folder(folder / "data"))
    need_mb = probe.resolve("a").need_mb
    probe.close()
    settings = settings_for(models, budget_mb=2 * need_mb + need_mb // 2)
    return ModelPool(settings, open_data_folder(folder / "data"))


@pytest.fixture
def storm(folder: Path) -> Iterator[Storm]:
    pool = pool_for(folder)
    yield Storm(pool)
    pool.close()


def rss_mb() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


def run(storm: Storm, for_s: float) -> None:
    storm.ends_s = time.monotonic() + for_s
    with ThreadPoolExecutor(THREADS + 2) as executor:
        running = [executor.submit(storm.killer), executor.submit(storm.watcher)]
        running += [executor.submit(storm.user, number) for number in range(THREADS)]
        for each in running:
            each.result(for_s + 120)


def test_a_storm_on_the_pool(storm: Storm) -> None:
    me = psutil.Process()
    files, threads = me.num_fds(), threading.active_count()
    run(storm, WARM_UP_S)  # what threads and modules take once is no leak
    before_mb = rss_mb()
    run(storm, STORM_S)
    assert storm.wrong == [], "\n".join(storm.wrong[:20])
    assert set(storm.outcomes) <= ALLOWED, storm.outcomes
    assert storm.outcomes["stop"] > 100, storm.outcomes
    assert storm.outcomes["killed"] > 10, storm.outcomes
    assert storm.outcomes["cancelled"] + storm.outcomes["stopped"] > 10, storm.outcomes

    status = storm.pool.status()
    assert [model.name for model in status.models if model.leases] == []
    assert len(workers(*NAMES)) == sum(model.state == "ready" for model in status.models)
    storm.pool.close()
    assert workers(*NAMES) == []
    assert storm.pool.status().reserved_mb == 0
    assert me.num_fds() <= files
    gone_by_s = time.monotonic() + 5  # a cancelled timer's thread takes a moment to end
    while threading.active_count() > threads and time.monotonic() < gone_by_s:
        time.sleep(0.01)
    assert threading.active_count() <= threads, threading.enumerate()
    assert rss_mb() < before_mb + 15


def test_when_everything_is_pinned_others_are_told_at_once_and_nobody_leaves(folder: Path) -> None:
    pool = pool_for(folder, a={"permanent": True}, b={"permanent": True})
    try:
        pins = {worker.pid for name in "ab" for worker in _loaded(pool, name)}
        for name in ("c", "d", "e"):
            with pytest.raises(ModelTooLarge, match="permanent"), pool.lease(name):
                pass
        with pytest.raises(ModelFileInvalid), pool.lease(BROKEN):
            pass
        assert {worker.pid for worker in workers(*NAMES)} == pins
    finally:
        pool.close()


def _loaded(pool: ModelPool, name: str) -> list[psutil.Process]:
    with pool.lease(name) as engine:
        assert list(engine.generate(HELLO))
    return workers(name)
