"""How much memory this machine has, and how much of it could be had now.

Owns where the system says so; decides nothing. Reads files at every call, so never call it
with the pool's lock held.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Protocol

from core.model_pool.memory import cgroups

MIB = 2**20
KIB_PER_MIB = 1024
WORKER_MODULE = "core.engines.llama.worker"
"""By this word of its command a worker is told from other children of a program."""


class MachineMemory(Protocol):
    """What a system tells; None where it does not."""

    def total_mb(self) -> int | None:
        """All memory, or the smallest limit around this process if that is less."""
        ...

    def available_mb(self) -> int | None:
        """What could be had without swapping. Pages of mapped files count as available,
        also those of models that are in use: the kernel could read them again."""
        ...

    def private_mb(self, process_id: int) -> int:
        """What the workers of a process hold that is no page of a file."""
        ...

    def stalled_percent(self) -> float | None:
        """The share of the last 10 s in which something had to wait for memory."""
        ...


def this_machine() -> MachineMemory:
    return LinuxMemory() if sys.platform == "linux" else PosixMemory()


class LinuxMemory:
    """Reads /proc and the cgroups; other folders than the real ones are for tests."""

    def __init__(
        self, proc: Path = Path("/proc"), cgroup_mounts: Path = Path("/sys/fs/cgroup")
    ) -> None:
        self._proc = proc
        self._cgroups = cgroup_mounts

    def total_mb(self) -> int | None:
        limits = [limit.limit_bytes // MIB for limit in cgroups.limits(self._proc, self._cgroups)]
        return _least(self._meminfo_mb("MemTotal"), limits)

    def available_mb(self) -> int | None:
        limits = cgroups.limits(self._proc, self._cgroups)
        room = [limit.available_bytes // MIB for limit in limits]
        return _least(self._meminfo_mb("MemAvailable"), room)

    def private_mb(self, process_id: int) -> int:
        try:
            tasks = list((self._proc / str(process_id)).glob("task/*/children"))
        except OSError:  # it ended while its threads were listed
            return 0
        children = {child for task in tasks for child in _text(task).split()}
        workers = [child for child in children if self._is_worker(child)]
        return sum(self._private_kib(worker) for worker in workers) // KIB_PER_MIB

    def stalled_percent(self) -> float | None:
        group = cgroups.pressure_file(self._proc, self._cgroups)
        files = [self._proc / "pressure" / "memory", *([group] if group else [])]
        found = [_field(_text(file), r"^some avg10=([\d.]+)") for file in files]
        return max((percent for percent in found if percent is not None), default=None)

    def _is_worker(self, process_id: str) -> bool:
        return WORKER_MODULE in _text(self._proc / process_id / "cmdline").split("\0")

    def _private_kib(self, process_id: str) -> int:
        status = _text(self._proc / process_id / "status")
        kinds = (_field(status, rf"^{kind}:\s+(\d+)") for kind in ("RssAnon", "RssShmem"))
        return sum(int(kib or 0) for kib in kinds)

    def _meminfo_mb(self, name: str) -> int | None:
        kib = _field(_text(self._proc / "meminfo"), rf"^{name}:\s+(\d+)")
        return None if kib is None else int(kib) // KIB_PER_MIB


class PosixMemory:
    """Other systems: only the total is asked for, so nothing is bounded by what is free."""

    def total_mb(self) -> int | None:
        try:
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MIB
        except (ValueError, OSError):  # a name that this system does not know
            return None

    def available_mb(self) -> int | None:
        return None

    def private_mb(self, process_id: int) -> int:
        return 0

    def stalled_percent(self) -> float | None:
        return None


def _least(whole_mb: int | None, limits_mb: list[int]) -> int | None:
    found = limits_mb if whole_mb is None else [whole_mb, *limits_mb]
    return min(found, default=None)


def _field(text: str, pattern: str) -> float | None:
    found = re.search(pattern, text, flags=re.MULTILINE)
    return float(found[1]) if found else None


def _text(path: Path) -> str:
    """Empty when it cannot be read: processes end, and not every kernel has each file."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
