"""`python -m benchmarks.workflow --json [--only overhead]`: work in phases.

What it costs by itself, what planning the order of its phases saves, and what a small model
beside a large one saves. The last two write models (0.4 GB; 1.2 and 9 GB, and need as much
memory) and remove them again.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.report import Figure, run_with_options
from benchmarks.workflow import grouping, overhead, saving

GROUPS = {"overhead": overhead.measure, "grouping": grouping.measure, "saving": saving.measure}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=tuple(GROUPS))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    return [
        figure for name, of in GROUPS.items() if options.only in (None, name) for figure in of()
    ]


if __name__ == "__main__":
    run_with_options("workflow", add_options, measure)
