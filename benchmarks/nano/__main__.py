"""`python -m benchmarks.nano`: every embedded model that this checkout carries, in one report."""

from __future__ import annotations

from importlib import import_module

from benchmarks.report import ROOT, Figure, run

KINDS = ("text", "vision", "audio")
WEIGHTS = ROOT / "models" / "nano" / "weights"


def measure() -> list[Figure]:
    """The figures of every kind that has weights."""
    figures: list[Figure] = []
    for kind in KINDS:
        if (WEIGHTS / f"{kind}.gguf").is_file():
            figures += import_module(f"benchmarks.nano.{kind}").measure()
    return figures


if __name__ == "__main__":
    run("nano", measure)
