"""`python -m benchmarks --all`: run every benchmark and print docs/measurements.md's tables."""

from __future__ import annotations

import argparse
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

from benchmarks.report import ROOT, table

NOT_BENCHMARKS = {
    "report",
    "pool_peers",
    "pool_traces",
    "synthetic_models",
    "twenty_questions",
    "__main__",
}


def benchmark_names() -> list[str]:
    """Every module of this folder that measures something, and every package that runs."""
    folder = Path(__file__).parent
    modules = pkgutil.iter_modules([str(folder)])
    names = (
        module.name
        for module in modules
        if not module.ispkg or (folder / module.name / "__main__.py").is_file()
    )
    return sorted(name for name in names if name not in NOT_BENCHMARKS)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--all", action="store_true", required=True, help="run them all")
    parser.parse_args()
    failed = False
    for name in benchmark_names():
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(f"### {name}\n\nCould not measure (exit code {done.returncode}).\n")
            failed = True
            continue
        print(table(json.loads(done.stdout.splitlines()[-1])))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
