"""How long a person waits: for the help, for the prompt, and for one answer from nothing.

Each command runs in a process of its own, once to compile,
then for the figures. The answer's time ends with its process, models unloaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from benchmarks.report import ROOT, Figure, median_figure, run

REPEATS = 7
SARAI = ("-m", "core.interfaces.cli")
HELP_GOAL_S = 0.3
COMMANDS: Sequence[tuple[str, Sequence[str], float | None]] = (
    ("sarai --help", (*SARAI, "--help"), HELP_GOAL_S),
    ("sarai data path", (*SARAI, "data", "path"), HELP_GOAL_S),
    ("imports before the prompt", ("-c", "import core.interfaces.repl"), None),
    ("imports behind the prompt", ("-c", "import core.graph"), None),
    ("sarai ask hola, embedded models", (*SARAI, "ask", "hola"), None),
)


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        environment = _environment(Path(scratch))
        return [
            figure
            for name, arguments, goal_s in COMMANDS
            for figure in _figures(name, arguments, environment, goal_s)
        ]


def _environment(scratch: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SARAI_")}
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        kept["PYTHONPYCACHEPREFIX"] = str(scratch / "bytecode")
    home = {"SARAI_HOME": str(scratch / "home"), "XDG_CONFIG_HOME": str(scratch / "config")}
    return {**kept, **home, "SARAI__OLLAMA__BASE_URL": "http://127.0.0.1:9"}


def _figures(
    name: str, arguments: Sequence[str], environment: dict[str, str], goal_s: float | None
) -> Iterator[Figure]:
    _times_s(arguments, environment)
    times_s = [_times_s(arguments, environment) for _ in range(REPEATS)]
    yield median_figure(name, [wall_s for wall_s, _ in times_s], "s", at_most=goal_s)
    yield median_figure(f"{name}, CPU", [cpu_s for _, cpu_s in times_s], "s")


def _times_s(arguments: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU time of one run, its worker processes included."""
    begun_s, used_s = time.perf_counter(), _cpu_s()
    subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    return time.perf_counter() - begun_s, _cpu_s() - used_s


def _cpu_s() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    run("start_up", measure)
