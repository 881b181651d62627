"""All findings together, for a person or a program.

Owns the keys that programs may rely on; knows nothing of how findings are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.doctor.finding import SEVERITY, Finding, Status, worst


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found: at least one finding."""

    name: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Every check once, in the order of their table."""

    checks: tuple[Checked, ...]

    @property
    def status(self) -> Status:
        return worst(finding for _, finding in self.findings())

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """Each finding with the name of its check."""
        for check in self.checks:
            for finding in check.findings:
                yield check.name, finding

    def problems(self) -> list[tuple[str, Finding]]:
        """What is not ok, the gravest first."""
        found = [item for item in self.findings() if item[1].status != "ok"]
        return sorted(found, key=lambda item: -SEVERITY[item[1].status])

    def as_data(self) -> Mapping[str, object]:
        """The report in values that JSON knows."""
        findings = [
            {
                "check": check,
                "subject": finding.subject,
                "status": finding.status,
                "found": finding.found,
                "cure": finding.cure,
            }
            for check, finding in self.findings()
        ]
        return {"status": self.status, "findings": findings}
