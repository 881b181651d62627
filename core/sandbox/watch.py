"""How many processes there are inside, and what they take.

Owns the counting. But for the number of processes, the kernel's limits hold for each of them;
so the whole is looked at from outside.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.sandbox.limits import Limits
from core.sandbox.ran import Ended

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Taken:
    """At one moment: threads, and resident memory that is no file's, MiB."""

    threads: int
    memory_mb: float

    def passes(self, limits: Limits) -> Ended | None:
        """Which limit it passes."""
        if self.threads > limits.processes:
            return "processes"
        return "memory" if self.memory_mb > limits.memory_mb else None


def taken_by(root_pid: int) -> Taken:
    """By `root_pid` and all that descend from it; processes that end meanwhile count as none."""
    threads, pages = 0, 0
    for pid in _family(root_pid):
        try:
            status = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            statm = (PROC / str(pid) / "statm").read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        threads += int(status[17])
        pages += int(statm[1]) - int(statm[2])
    return Taken(threads, pages * PAGE_BYTES / 2**20)


def _family(root_pid: int) -> Iterator[int]:
    waiting = [root_pid]
    while waiting:
        pid = waiting.pop()
        yield pid
        try:
            threads = list((PROC / str(pid) / "task").iterdir())
            for thread in threads:
                waiting += map(int, (thread / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
