"""The embedded store among processes, and after accidents."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StorageError
from core.retrieval.stores import held_shard
from core.retrieval.stores.embedded import EmbeddedStore
from tests.retrieval.stores.points import DIMENSIONS, point
from tests.virtual_clock import VirtualClock

HOLDER = """
import sys
from pathlib import Path
from core.retrieval.stores.embedded import EmbeddedStore
from tests.retrieval.stores.points import point
store = EmbeddedStore(Path(sys.argv[1]))
store.upsert([point(number) for number in range(int(sys.argv[2]))])
print(store.count(), flush=True)
sys.stdin.readline()
"""


def held(folder: Path, points: int) -> subprocess.Popen[str]:
    """A process that has written and holds the store until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), str(points)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(points)
    return process


def ended(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    made = EmbeddedStore(tmp_path / "vectors")
    made.reset(DIMENSIONS)
    made.close()
    return made


def test_another_process_gets_it_a_moment_after_its_last_use(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    process = held(tmp_path / "vectors", 5)
    assert store.count() == 5  # waits for the other one, which is idle and lets go
    store.close()
    ended(process)


def test_what_was_written_survives_a_kill(store: EmbeddedStore, tmp_path: Path) -> None:
    process = held(tmp_path / "vectors", 300)
    os.kill(process.pid, signal.SIGKILL)
    ended(process)
    assert store.count() == 300
    store.close()


def test_it_is_let_go_of_when_idle(tmp_path: Path) -> None:
    clock = VirtualClock()
    store = EmbeddedStore(tmp_path / "vectors", clock=clock)
    store.reset(None)
    clock.advance(held_shard.IDLE_S / 2)
    store.upsert([point(1, dense=False)])
    clock.advance(held_shard.IDLE_S * 0.75)
    other = EmbeddedStore(tmp_path / "vectors")
    assert store._held._shard is not None
    clock.advance(held_shard.IDLE_S)
    assert other.count() == 1
    other.close()
    assert store.count() == 1
    store.close()


def test_a_damaged_store_says_how_to_make_it_anew(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "vectors" / "edge_config.json").write_text("{")
    with pytest.raises(StorageError, match="sarai index rebuild"):
        store.count()
    store.reset(DIMENSIONS)
    assert store.count() == 0
    store.close()
