"""`python -m benchmarks.emotion --json [--data FOLDER]`: figures of the emotion heads.

The method (features and linear heads) is fitted to each public set's own training part, as is
its peer, a linear support vector machine on pieces of letters; the shipped heads are measured
beside them as they are. What is not there is named as not measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.emotion import refitted, shipped
from benchmarks.report import Figure, data_folder, run_with_options


def add_options(parser: argparse.ArgumentParser) -> None:
    found = data_folder()
    parser.add_argument("--data", type=Path, default=found / "routing" if found else None)
    parser.add_argument("--only", choices=("shipped", "refitted"))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    groups = {"shipped": shipped.measure, "refitted": refitted.measure}
    folder: Path = options.data or Path("no-data-folder")
    return [
        figure
        for name, of in groups.items()
        if options.only in (None, name)
        for figure in of(folder)
    ]


if __name__ == "__main__":
    run_with_options("emotion", add_options, measure)
