"""Memory of this process's workers and of the machine, from /proc.

Owns how Linux is asked; knows nothing of models. All figures in MiB.
"""

from __future__ import annotations

import re
from pathlib import Path

KIB_PER_MIB = 1024


def worker_ids() -> set[int]:
    """The processes that this one has started and that live."""
    lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return {int(number) for each in lists for number in each.split()}


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
