"""`python -m benchmarks.nano`: every embedded model that this checkout carries, in one report."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from benchmarks.report import Figure, run

KINDS = ("text", "vision", "audio")


def measure() -> list[Figure]:
    """The figures of every kind that has a benchmark here, under its name."""
    figures: list[Figure] = []
    for kind in KINDS:
        name = f"benchmarks.nano.{kind}"
        if find_spec(name) is not None:
            figures += import_module(name).measure()
    return figures


if __name__ == "__main__":
    run("nano", measure)
