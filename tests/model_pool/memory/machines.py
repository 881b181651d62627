"""Memory for tests: a machine that is told what to say, a Linux system's files, a budget alone."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.model_pool.memory.budget import Allowance
from core.model_pool.memory.shared_ledger import Refused, Reservation


@dataclass
class ToldMachine:
    """Says what the test wrote into it. `private` is MiB by process."""

    total: int | None = 16_000
    available: int | None = 12_000
    private: dict[int, int] = field(default_factory=dict)
    stalled: float | None = 0.0

    def total_mb(self) -> int | None:
        return self.total

    def available_mb(self) -> int | None:
        return self.available

    def private_mb(self, process_id: int) -> int:
        return self.private.get(process_id, 0)

    def stalled_percent(self) -> float | None:
        return self.stalled


class AloneBudget:
    """Satisfies `core.model_pool.memory.interface.Budget` without a file: nobody else is here.

    A test lets others come by what it writes into `limit_mb`, and lets one be quicker than a
    load that has begun by `quicker_mb`.
    """

    def __init__(self, budget_mb: int) -> None:
        self.budget_mb = self.limit_mb = budget_mb
        self.quicker_mb = 0
        self.held: list[Reservation] = []
        self.closed = False
        self._lock = threading.Lock()

    def allowance(self, models: Iterable[str] = ()) -> Allowance:
        reason = "others hold the rest" if self.limit_mb < self.budget_mb else ""
        return Allowance(self.limit_mb, reason)

    def ceiling(self) -> Allowance:
        return Allowance(self.budget_mb, "")

    def refresh(self) -> None:
        """Nobody to ask."""

    def reserve(
        self,
        model: str,
        reserved_mb: int,
        *,
        instead_of: Collection[Reservation] = (),
        models: Iterable[str] = (),
    ) -> Reservation | Refused:
        with self._lock:
            self.limit_mb -= self.quicker_mb
            before_mb = sum(each.reserved_mb for each in self.held)
            kept = [each for each in self.held if each not in instead_of]
            sum_mb = reserved_mb + sum(each.reserved_mb for each in kept)
            if sum_mb > before_mb and sum_mb > self.limit_mb:
                return Refused(self.limit_mb, ())
            self.held = [*kept, Reservation(model, reserved_mb)]
            return self.held[-1]

    def release(self, reservations: Collection[Reservation]) -> None:
        with self._lock:
            self.held = [each for each in self.held if each not in reservations]

    def close(self) -> None:
        self.held, self.closed = [], True


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write each file below `root`, with the folders it needs."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
