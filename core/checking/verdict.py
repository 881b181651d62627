"""What the checks of a piece of code came to.

Owns the result and its words for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.sandbox import Ran

Strength = Literal["none", "parsed", "compiled", "ran"]
"""How far the code was put to the test: nothing could, its form, its names and types, its work."""
STRENGTHS: tuple[Strength, ...] = ("none", "parsed", "compiled", "ran")


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check.

    Args:
        name: the tool, or the caller's command.
        strength: what it proves when it passes.
    """

    name: str
    strength: Strength
    ran: Ran

    @property
    def passed(self) -> bool:
        return self.ran.succeeded


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks in their order, until one failed.

    Args:
        missing: what could not be checked, and why, in sentences.
    """

    runs: tuple[CheckRun, ...]
    missing: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether something was checked, and all of it passed."""
        return bool(self.runs) and all(run.passed for run in self.runs)

    @property
    def strength(self) -> Strength:
        """What is proved."""
        if not self.passed:
            return "none"
        return max((run.strength for run in self.runs), key=STRENGTHS.index)

    def complaint(self) -> str:
        """What the failed check said; empty when none failed."""
        failed = next((run for run in self.runs if not run.passed), None)
        if failed is None:
            return ""
        return f"{failed.name}: {failed.ran.told()}\n{failed.ran.output.strip()}".strip()

    def told(self) -> str:
        """In a sentence."""
        if not self.runs:
            return " ".join(("Nothing could be checked.", *self.missing))
        names = ", ".join(run.name for run in self.runs)
        if self.passed:
            return " ".join((f"Passed: {names}.", *self.missing))
        failed = next(run for run in self.runs if not run.passed)
        return f"{failed.name} does not pass. {failed.ran.told()}"
