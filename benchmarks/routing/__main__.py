"""`python -m benchmarks.routing --json [--data FOLDER]`: figures of the routing classifier.

The shipped classifier is measured on prompts that it was not trained on; its method
(features and linear heads) also on public tasks for which it is fitted anew, because those
have labels of their own. A set that is not in the folder is named as not measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Figure, data_folder, run_with_options
from benchmarks.routing import heldout, refitted, shipped


def add_options(parser: argparse.ArgumentParser) -> None:
    found = data_folder()
    parser.add_argument("--data", type=Path, default=found / "routing" if found else None)
    parser.add_argument("--only", choices=("shipped", "heldout", "refitted"))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    groups = {"shipped": shipped.measure, "heldout": heldout.measure, "refitted": refitted.measure}
    folder: Path = options.data or Path("no-data-folder")
    return [
        figure
        for name, of in groups.items()
        if options.only in (None, name)
        for figure in of(folder)
    ]


if __name__ == "__main__":
    run_with_options("routing", add_options, measure)
