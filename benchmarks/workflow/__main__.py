"""`python -m benchmarks.workflow --json [--only overhead]`: work in phases.

What it costs by itself, what planning the order of its phases saves, and what a small model
beside a large one saves. The last two write models (0.4 GB; 1.2 and 9 GB, and need as much
memory) and remove them again. How it goes on is told on stderr; `--state FILE` keeps the runs of
`saving`, so that the same command goes on after a kill.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.report import Figure, run_with_options
from benchmarks.synthetic_models.catalogue import MODELS
from benchmarks.workflow import grouping, overhead, saving

USUAL = saving.Trial()
GROUPS: Mapping[str, Callable[[argparse.Namespace], Sequence[Figure]]] = {
    "overhead": lambda options: overhead.measure(),
    "grouping": lambda options: grouping.measure(),
    "saving": lambda options: saving.measure(_trial(options), options.state),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=tuple(GROUPS))
    parser.add_argument("--state", type=Path, help="keeps the runs of `saving` that are done")
    parser.add_argument("--small", choices=tuple(MODELS), default=USUAL.small)
    parser.add_argument("--large", choices=tuple(MODELS), default=USUAL.large)
    parser.add_argument("--tokens", type=int, default=USUAL.tokens, help="written by each phase")
    parser.add_argument("--pairs", type=int, default=USUAL.pairs, help="runs of each way")


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    return [
        figure
        for name, of in GROUPS.items()
        if options.only in (None, name)
        for figure in of(options)
    ]


def _trial(options: argparse.Namespace) -> saving.Trial:
    return saving.Trial(options.small, options.large, options.tokens, options.pairs)


if __name__ == "__main__":
    run_with_options("workflow", add_options, measure)
