"""Memory for tests: a machine that is told what to say, a Linux system's files, a budget alone."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.model_pool.memory.amount import Amount, total
from core.model_pool.memory.budget import Allowance
from core.model_pool.memory.shared_ledger import Refused, Reservation, grown


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

    A test lets others come by what it writes into `limit_mb` (and `device_limit_mb`), and lets
    one be quicker than a load that has begun by `quicker_mb`.
    """

    def __init__(self, budget_mb: int, device_budget_mb: int = 0) -> None:
        self.budget_mb = self.limit_mb = budget_mb
        self.device_budget_mb = self.device_limit_mb = device_budget_mb
        self.quicker_mb = 0
        self.held: list[Reservation] = []
        self.closed = False
        self._lock = threading.Lock()

    def allowance(self, models: Iterable[str] = ()) -> Allowance:
        reason = "others hold the rest" if self.limit_mb < self.budget_mb else ""
        short = self.device_limit_mb < self.device_budget_mb
        device_reason = "others hold the rest of the GPU" if short else ""
        return Allowance(self.limit_mb, reason, self.device_limit_mb, device_reason)

    def ceiling(self) -> Allowance:
        device_reason = "GPU0 has as much" if self.device_budget_mb else ""
        return Allowance(self.budget_mb, "", self.device_budget_mb, device_reason)

    def refresh(self) -> None:
        """Nobody to ask."""

    def reserve(
        self,
        model: str,
        reserved: Amount,
        *,
        instead_of: Collection[Reservation] = (),
        models: Iterable[str] = (),
    ) -> Reservation | Refused:
        with self._lock:
            self.limit_mb -= self.quicker_mb
            before = total(each.reserved for each in self.held)
            kept = [each for each in self.held if each not in instead_of]
            after = reserved + total(each.reserved for each in kept)
            limit = Amount(self.limit_mb, self.device_limit_mb)
            if grown(before, after).beyond(limit):
                return Refused(limit, ())
            self.held = [*kept, Reservation(model, reserved)]
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
