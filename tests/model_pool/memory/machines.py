"""Machines for tests: one that is told what to say, and the files of a Linux system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


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


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write each file below `root`, with the folders it needs."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
