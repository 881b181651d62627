"""A report of `sarai doctor` as a person reads it.

Owns the tables; judges nothing.
"""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from core.doctor import Finding, Report, Status

STYLES: dict[Status, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def findings_table(report: Report) -> Table:
    """A line for each finding; the name of a check stands at its first."""
    table = _table()
    for check in report.checks:
        for index, finding in enumerate(check.findings):
            name = "" if index else check.name
            table.add_row(_mark(finding), name, _told(finding))
    return table


def problems_table(report: Report) -> Table:
    """What is to be mended, the gravest first, each with its cure."""
    table = _table()
    for check, finding in report.problems():
        table.add_row(_mark(finding), check, _told(finding))
        table.add_row("", "", Text(f"→ {_printable(finding.cure)}", style="bold"))
    return table


def summary(report: Report) -> str:
    """How many findings are of which kind."""
    statuses = [finding.status for _, finding in report.findings()]
    fails, warns = statuses.count("fail"), statuses.count("warn")
    if not fails and not warns:
        return f"All {len(statuses)} findings are in order."
    return f"{len(statuses)} findings: {fails} fail, {warns} warn. What mends them:"


def _table() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    return table


def _mark(finding: Finding) -> Text:
    return Text(finding.status, style=STYLES[finding.status])


def _told(finding: Finding) -> str:
    told = f"{finding.subject}: {finding.found}" if finding.subject else finding.found
    return _printable(told)


def _printable(text: str) -> str:
    """A server's name for a model, or a file's, could otherwise move the cursor."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
