"""What came of mending a piece of code.

Owns the result; knows nothing of how it came about.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.checking import Strength, Verdict

CONFIDENCE: Final[Mapping[Strength, float]] = {
    "none": 0.0,
    "parsed": 0.4,
    "compiled": 0.6,
    "ran": 0.9,
}
"""Ranks what was proved; no share of fixes that are right was measured for it. Half of it where
the check had passed before the fix too."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `code` is None when the model's answer held none; `objection` is why it does not
    count; empty when it does."""

    model: str
    code: str | None
    verdict: Verdict | None
    objection: str


@dataclass(frozen=True, slots=True)
class FixResult:
    """What came of `CodeFixer.fix_code`.

    Args:
        success: the checks pass and the change is one.
        fixed_code: of the try that succeeded; else the code as it was.
        diagnosis: what is wrong, in the model's words.
        changes_made: a unified diff; empty without success.
        confidence: by what the checks prove, see `CONFIDENCE`.
        check: what was checked and how it came out, in a sentence.
        attempts: every try, the last one last.
        explanation: of the change, for its reader; empty without success or when none was wanted.
        models: who did each step.
        warnings: what a person should know of it.
    """

    success: bool
    fixed_code: str
    diagnosis: str
    changes_made: str
    confidence: float
    check: str
    attempts: tuple[Attempt, ...] = ()
    explanation: str = ""
    models: Mapping[str, str] | None = None
    warnings: tuple[str, ...] = ()


def confidence_of(verdict: Verdict, *, passed_before: bool) -> float:
    """See `CONFIDENCE`."""
    return CONFIDENCE[verdict.strength] / (2 if passed_before else 1)


def unified_diff(before: str, after: str, name: str) -> str:
    """As `git diff` writes it."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        fromfile=f"a/{name}",
        tofile=f"b/{name}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
