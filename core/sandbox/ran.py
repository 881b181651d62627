"""What came of one run.

Owns the result and its words for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ended = Literal["exit", "time", "memory", "processes", "output"]
"""By itself, or stopped because it passed this limit."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished run.

    Args:
        exit_code: as a shell tells it: 128 + N for signal N; None when it was stopped.
        output: stdout and stderr in the order of their coming, decoded; the middle left out
            where there was too much.
        shut_in: whether the walls of `walls` stood around it.
    """

    ended: Ended
    exit_code: int | None
    output: str
    output_bytes: int
    wall_s: float
    shut_in: bool

    @property
    def succeeded(self) -> bool:
        return self.exit_code == 0

    def told(self) -> str:
        """How it ended, in a sentence."""
        if self.ended != "exit":
            return f"It was stopped after {self.wall_s:.1f} s: {_TOLD[self.ended]}."
        return f"It ended with exit code {self.exit_code}."


_TOLD: dict[Ended, str] = {
    "time": "it took too long",
    "memory": "it took too much memory",
    "processes": "it started too many processes",
    "output": "it printed too much",
}
