"""Writes `error.txt` of the cases that are named, or of all, from what their checks really print.

python -m tests.developer.record_errors [NAME ...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.developer.case_runs import run_case
from tests.developer.cases import load_cases


def record(names: list[str]) -> None:
    """Record the cases named; none named: all."""
    for case in load_cases():
        if names and case.name not in names:
            continue
        with TemporaryDirectory() as folder:
            broken = run_case(case, case.before, Path(folder))
        (case.folder / "error.txt").write_text(broken.output, encoding="utf-8")


if __name__ == "__main__":
    record(sys.argv[1:])
