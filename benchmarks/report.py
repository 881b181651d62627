"""The one form of a benchmark's result, as JSON and as a Markdown table.

Owns the shape of figures and reports; knows nothing of what is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `goal` reads like ">= 0.95"; `met` is None when not measured.

    `spread` is the smallest and largest of the repeats; `peers` are other programs' values
    from the same run.
    """

    name: str
    value: float | None
    unit: str
    goal: str = ""
    met: bool | None = None
    spread: tuple[float, float] | None = None
    peers: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    benchmark: str
    commit: str
    machine: str
    figures: tuple[Figure, ...]


def median_figure(
    name: str,
    samples: Sequence[float],
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    peers: Mapping[str, float | str] | None = None,
) -> Figure:
    """The median of `samples`, held against a goal."""
    value = statistics.median(samples)
    goal, met = "", None
    if at_least is not None:
        goal, met = f">= {at_least:g}", value >= at_least
    elif at_most is not None:
        goal, met = f"<= {at_most:g}", value <= at_most
    return Figure(name, value, unit, goal, met, (min(samples), max(samples)), peers or {})


def not_measured(name: str, unit: str, reason: str) -> Figure:
    """A figure that this machine or this checkout cannot give, and why."""
    return Figure(f"{name} (not measured: {reason})", None, unit)


def data_folder() -> Path | None:
    """Evaluation data: SARAI_DATA, by default ../shared/data; None where there is none."""
    folder = Path(os.environ.get("SARAI_DATA", ROOT.parent / "shared" / "data"))
    return folder if folder.is_dir() else None


def run(benchmark: str, measure: Callable[[], Sequence[Figure]]) -> None:
    """The main function of a benchmark module: measure, then print the report."""
    run_with_options(benchmark, lambda _: None, lambda _: measure())


def run_with_options(
    benchmark: str,
    add_options: Callable[[argparse.ArgumentParser], None],
    measure: Callable[[argparse.Namespace], Iterable[Figure]],
) -> None:
    """As `run`, for a benchmark with options of its own; tells each figure when it is there."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{benchmark}")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    add_options(parser)
    arguments = parser.parse_args()
    figures = tuple(_told(measure(arguments)))
    report = Report(benchmark, _commit(), _machine(), figures)
    print(json.dumps(asdict(report)) if arguments.json else table(asdict(report)))


def _told(figures: Iterable[Figure]) -> Iterator[Figure]:
    for figure in figures:
        print(_row(asdict(figure)), file=sys.stderr, flush=True)
        yield figure


def table(report: Mapping[str, Any]) -> str:
    """A report as Markdown."""
    lines = [
        f"### {report['benchmark']}",
        "",
        f"{report['machine']}; commit {report['commit']}; "
        f"`python -m benchmarks.{report['benchmark']} --json`",
        "",
        "| figure | value | spread | goal | met | peers |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_row(figure) for figure in report["figures"]]) + "\n"


def _row(figure: Mapping[str, Any]) -> str:
    value = "-" if figure["value"] is None else f"{figure['value']:.4g} {figure['unit']}"
    spread = "{:.4g} to {:.4g}".format(*figure["spread"]) if figure["spread"] else "-"
    met = {True: "yes", False: "**no**", None: "-"}[figure["met"]]
    peers = "; ".join(f"{name}: {_shown(peer)}" for name, peer in figure["peers"].items())
    cells = [figure["name"], value, spread, figure["goal"] or "-", met, peers or "-"]
    return f"| {' | '.join(cells)} |"


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {cores} cores, Python {platform.python_version()}"
