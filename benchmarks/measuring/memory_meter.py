"""Memory over time: looked at regularly, summed to GB times seconds.

Owns the looking; what is looked at the caller says.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.measuring.processes import resident_mb, worker_ids

LOOK_EVERY_S = 0.05
GB_PER_MIB = 2**20 / 1e9


@dataclass(slots=True)
class MemoryMeter:
    """GB are 10^9 bytes. `gb_s` counts each look for the time since the one before."""

    gb_s: float = 0.0
    peak_gb: float = 0.0
    seconds: float = 0.0

    @property
    def mean_gb(self) -> float:
        return self.gb_s / self.seconds if self.seconds else 0.0

    def count(self, memory_gb: float, seconds: float) -> None:
        self.gb_s += memory_gb * seconds
        self.peak_gb = max(self.peak_gb, memory_gb)
        self.seconds += seconds


def workers_mb() -> float:
    """Resident memory of all processes that hold models for this one; mapped files count, and
    so do models that are still being loaded or are just leaving."""
    total_mb = 0.0
    for process_id in worker_ids():
        try:
            total_mb += resident_mb(process_id)
        except OSError:  # it has just ended
            continue
    return total_mb


@contextmanager
def metered(look_mb: Callable[[], float]) -> Iterator[MemoryMeter]:
    """While inside, what `look_mb` says counts."""
    meter, over = MemoryMeter(), threading.Event()

    def watch() -> None:
        last_s = time.perf_counter()
        while True:
            ended = over.wait(LOOK_EVERY_S)
            memory_gb, now_s = look_mb() * GB_PER_MIB, time.perf_counter()
            meter.count(memory_gb, now_s - last_s)
            last_s = now_s
            if ended:
                return

    thread = threading.Thread(target=watch, name="memory-meter", daemon=True)
    thread.start()
    try:
        yield meter
    finally:
        over.set()
        thread.join()
