"""Several processes on one memory, and one that is killed while it writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from core.memory.memory import Memory
from core.memory.records import Records
from core.storage.folder import DataFolder
from tests.memory.conftest import OpenMemory, texts

ROOT = Path(__file__).parents[2]
KILLS = 4
WRITTEN = 30


def writer(folder: DataFolder, name: str, count: int) -> subprocess.Popen[str]:
    """A process that remembers `count` facts and prints each once it is kept."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.memory.writing_process", str(folder.root), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_two_processes_write_and_search_at_once(
    open_memory: OpenMemory, folder: DataFolder
) -> None:
    memory = open_memory()
    memory.remember("faro de aquí")
    processes = [writer(folder, name, WRITTEN) for name in ("uno", "dos")]
    while any(process.poll() is None for process in processes):
        assert "faro de aquí" in texts(memory, "aquí")
    assert [process.communicate()[0].count("\n") for process in processes] == [WRITTEN, WRITTEN]
    assert len(memory.listed()) == 2 * WRITTEN + 1
    assert texts(memory, "marca29dos")[0] == "faro marca29dos"


def test_a_kill_loses_nothing_that_was_acknowledged(
    open_memory: OpenMemory, folder: DataFolder
) -> None:
    kept: list[str] = []
    for attempt in range(KILLS):
        process = writer(folder, f"x{attempt}", 10_000)
        assert process.stdout is not None
        for number, line in enumerate(process.stdout, start=1):
            kept.append(line.strip())
            if number == 5 + 7 * attempt:
                os.kill(process.pid, signal.SIGKILL)
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
    memory = open_memory()
    there = [each.text for each in memory.listed()]
    assert set(kept) <= set(there)
    assert len(there) == len(set(there)) <= len(kept) + KILLS
    for text in kept[-1], kept[0]:
        assert texts(memory, text.split()[-1])[0] == text
    assert whole(memory) == len(there)


def whole(memory: Memory) -> int:
    """How many memories are searchable: each of them by its own word."""
    records: Records = memory._records
    return sum(bool(records.saying(each.text, "")) for each in memory.listed())


def test_threads_write_and_search_at_once(memory: Memory) -> None:
    problems: list[Exception] = []

    def use(name: str) -> None:
        try:
            for number in range(15):
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
    assert all(len(memory.listed(user=name)) == 15 for name in "abcd")
