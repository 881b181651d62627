"""One thing that a check found.

Owns the type and its three levels; knows nothing of checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail"]
SEVERITY: dict[Status, int] = {"ok": 0, "warn": 1, "fail": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """`found` is one plain line; `cure` the command or the change that mends it, "" where
    nothing is to be mended; `subject` tells several findings of one check apart."""

    status: Status
    found: str
    cure: str = ""
    subject: str = ""


def ok(found: str, *, subject: str = "") -> Finding:
    return Finding("ok", found, "", subject)


def warn(found: str, cure: str, *, subject: str = "") -> Finding:
    """Something is lost, and SARAi works without it."""
    return Finding("warn", found, cure, subject)


def fail(found: str, cure: str, *, subject: str = "") -> Finding:
    """Something that was configured, or that everything needs, does not work."""
    return Finding("fail", found, cure, subject)


def worst(findings: Iterable[Finding]) -> Status:
    """The level of the gravest; ok where there is none."""
    return max((finding.status for finding in findings), key=SEVERITY.__getitem__, default="ok")
