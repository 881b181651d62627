"""Several processes on one memory, and one that is killed while it writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from core.memory.memory import Memory
from core.storage.folder import DataFolder
from tests.memory.conftest import OpenMemory, texts

ROOT = Path(__file__).parents[2]
KILLS = 2
WRITTEN = 20


def writer(folder: DataFolder, name: str) -> subprocess.Popen[str]:
    """A process that remembers a fact for each line that it gets, and prints what is kept."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.memory.writing_process", str(folder.root), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def tell(process: subprocess.Popen[str], lines: int) -> None:
    assert process.stdin is not None
    process.stdin.write("\n" * lines)
    process.stdin.flush()


def test_two_processes_write_and_search_at_once(
    open_memory: OpenMemory, folder: DataFolder
) -> None:
    memory = open_memory()
    memory.remember("faro de Ons")
    with writer(folder, "uno") as one, writer(folder, "dos") as other:
        for process in (one, other):
            tell(process, WRITTEN)
        for number in range(WRITTEN):
            for process in (one, other):
                assert process.stdout is not None
                assert process.stdout.readline().startswith(f"faro marca{number}")
            if number % 4 == 0:
                assert texts(memory, "Ons") == ["faro de Ons"]
    assert one.returncode == other.returncode == 0
    assert len(memory.listed()) == 2 * WRITTEN + 1
    assert texts(memory, f"marca{WRITTEN - 1}dos")[0] == f"faro marca{WRITTEN - 1}dos"


def test_a_kill_loses_nothing_that_was_acknowledged(
    open_memory: OpenMemory, folder: DataFolder
) -> None:
    kept: list[str] = []
    for attempt in range(KILLS):
        with writer(folder, f"x{attempt}") as process:
            assert process.stdout is not None
            for _ in range(4 + 3 * attempt):
                tell(process, 1)
                kept.append(process.stdout.readline().strip())
            tell(process, 50)
            kept.append(process.stdout.readline().strip())
            os.kill(process.pid, signal.SIGKILL)
            kept += [line.strip() for line in process.stdout if line.endswith("\n")]
        assert process.returncode == -signal.SIGKILL
    memory = open_memory()
    there = [each.text for each in memory.listed()]
    assert set(kept) <= set(there)
    assert len(there) <= len(kept) + KILLS
    for text in there:
        assert texts(memory, text.split()[-1])[0] == text


def test_threads_write_and_search_at_once(memory: Memory) -> None:
    problems: list[Exception] = []

    def use(name: str) -> None:
        try:
            for number in range(10):
                memory.remember(f"faro {name} {number}", user=name)
                assert texts(memory, f"{number}", user=name)
        except Exception as error:  # noqa: BLE001  told below
            problems.append(error)

    threads = [threading.Thread(target=use, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert all(len(memory.listed(user=name)) == 10 for name in "abcd")
