"""Measures a model and writes the figures into its card: `python -m models.nano.card vision`.

A card is weights/KIND.md; what lies between its two marks is replaced.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from benchmarks.report import Figure

WEIGHTS = Path(__file__).with_name("weights")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def table(figures: Iterable[Figure]) -> str:
    """Figures as Markdown, without the machine: it changes nothing but the seconds."""
    lines = ["| figure | value | goal |", "|---|---|---|"]
    for figure in figures:
        value = "not measured" if figure.value is None else f"{figure.value:.3g} {figure.unit}"
        lines.append(f"| {figure.name} | {value} | {figure.goal or '-'} |")
        lines += [f"| - {name} | {peer} | |" for name, peer in figure.peers.items()]
    return "\n".join(lines)


def with_figures(card: str, figures: Iterable[Figure]) -> str:
    """The card with its figures replaced. Raises: ValueError, without the marks."""
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The card needs {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{table(figures)}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.nano.card")
    parser.add_argument("kind", choices=("text", "vision", "audio"))
    kind = parser.parse_args().kind
    path = WEIGHTS / f"{kind}.md"
    figures = import_module(f"benchmarks.nano.{kind}").measure()
    path.write_text(with_figures(path.read_text(encoding="utf-8"), figures), encoding="utf-8")


if __name__ == "__main__":
    main()
