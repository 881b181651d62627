"""`python -m benchmarks.workflow --json`: what work in phases costs by itself."""

from __future__ import annotations

from benchmarks.report import run
from benchmarks.workflow.overhead import measure

if __name__ == "__main__":
    run("workflow", measure)
