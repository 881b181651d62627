"""`python -m benchmarks.retrieval`: quality on public collections, repeats, and speed.

The collections and the encoder are not part of the project: `--data` names their folder.
What it lacks is told, figure by figure.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.report import Figure, data_folder, run_with_options
from benchmarks.retrieval import kills, memories, pairs, probe, quality, quotes, speed, threads
from benchmarks.retrieval.parts import MINILM, parts

PARTS = ("memory", "quality", "pairs", "probe", "quotes", "speed", "kills", "threads")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=data_folder() or Path("data"),
        help="the folder with retrieval/ and embeddings/ (default: $SARAI_DATA)",
    )
    parser.add_argument(
        "--keep", type=Path, help="a folder for what was embedded, for the next run"
    )
    parser.add_argument(
        "--points", type=int, nargs="*", default=[10_000, 100_000], help="sizes of the store"
    )
    parser.add_argument(
        "--also", nargs="*", default=[], help="further collections of texts in retrieval/"
    )
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="some of it")


def measure(arguments: argparse.Namespace) -> Iterator[Figure]:
    minilm = arguments.data / "embeddings" / MINILM
    with ExitStack() as opened:
        root = arguments.keep or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        encoder = minilm if minilm.is_file() else None
        if "memory" in arguments.only:
            yield from memories.measure(root / "memory", arguments.data, encoder)
        made = opened.enter_context(parts(root, encoder))
        if "quality" in arguments.only:
            yield from quality.measure(made, arguments.data, arguments.also)
        if "pairs" in arguments.only:
            yield from pairs.measure(arguments.data)
        if "probe" in arguments.only:
            yield from probe.measure(arguments.data)
        if "quotes" in arguments.only:
            yield from quotes.measure(arguments.data)
        if "speed" in arguments.only:
            yield from speed.measure(made, arguments.points)
    if "kills" in arguments.only:
        yield from kills.measure()
    if "threads" in arguments.only:
        yield from threads.measure()


if __name__ == "__main__":
    run_with_options("retrieval", add_options, measure)
