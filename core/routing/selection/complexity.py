"""How hard an error or a task is, for the strategy `auto`.

Owns the guess from an error's own words; for other texts the classifier's score is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SIMPLE = re.compile(
    r"\b(?:SyntaxError|IndentationError|NameError|ModuleNotFoundError|ImportError"
    r"|expected ['\"‘]?;|undeclared|not declared|not defined|missing semicolon|unterminated"
    r"|unused variable|no such file or directory|command not found)",
    re.IGNORECASE,
)
HARD = re.compile(
    r"\b(?:segmentation fault|segfault|core dumped|stack smashing|heap corruption|use.after.free"
    r"|double free|Guru Meditation|LoadProhibited|watchdog|deadlock|livelock|race condition"
    r"|data race|memory leak|out of memory|OOM|undefined reference|multiple definition"
    r"|template argument|does not live long enough|cannot borrow|nondeterministic|intermittent)",
    re.IGNORECASE,
)
LONG_LINES = 30


@dataclass(frozen=True, slots=True)
class Complexity:
    """`level` in [0, 1], and in words what it is taken from."""

    level: float
    reason: str

    @property
    def strategy(self) -> str:
        """Thirds: fast, balanced, quality."""
        if self.level < 1 / 3:
            return "fast"
        return "balanced" if self.level < 2 / 3 else "quality"


def complexity_of(text: str) -> Complexity:
    """The complexity of an error message, or of the task that quotes one."""
    if found := HARD.search(text):
        return Complexity(0.9, f"{found[0]!r} is a hard kind of error")
    lines = text.count("\n") + 1
    if lines > LONG_LINES:
        return Complexity(0.7, f"it has {lines} lines")
    if found := SIMPLE.search(text):
        return Complexity(0.2, f"{found[0]!r} is a simple kind of error")
    return Complexity(0.5, "nothing in it tells")
