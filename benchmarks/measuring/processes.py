"""Memory and processor time of this process, its workers and the machine, from /proc.

Owns how Linux is asked; knows nothing of models. Memory is in MiB.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

KIB_PER_MIB = 1024
USER_TIME = 11
"""Its place in /proc/PID/stat behind the name; system time follows."""


def worker_ids() -> set[int]:
    """The processes that this one has started and that live."""
    lists = []
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            lists.append(path.read_text())
    return {int(number) for each in lists for number in each.split()}


def processor_s() -> float:
    """Processor time that this process and its workers have used."""
    ticks = 0
    for number in worker_ids():
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[USER_TIME]) + int(fields[USER_TIME + 1])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def peak_mb(process_id: int) -> float:
    """The most resident memory that a process ever had; its mapped files count."""
    return _field_mb(Path(f"/proc/{process_id}/status"), "VmHWM")


def resident_mb(process_id: int | str = "self") -> float:
    """Resident memory of a process; its mapped files count."""
    return _field_mb(Path(f"/proc/{process_id}/status"), "VmRSS")


def available_mb() -> float:
    """What the machine can still give without swapping."""
    return _field_mb(Path("/proc/meminfo"), "MemAvailable")


def _field_mb(path: Path, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    if found is None:
        raise OSError(f"{path} does not tell {name}")
    return int(found[1]) / KIB_PER_MIB
