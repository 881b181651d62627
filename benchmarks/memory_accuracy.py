"""Predicted over measured peak memory, on full-size synthetic models brought to full use.

The prediction is what the pool reserves, from the headers alone; the peak is the worker's
own (VmHWM), with its context full, copies of conversations kept, and the largest picture and
recording seen. Long contexts take minutes on two cores: choose with the options.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from benchmarks.measuring.full_use import loaded, predicted, spec_of, use_fully
from benchmarks.report import Figure, run_with_options
from benchmarks.synthetic_models.catalogue import MODELS, default_folder, written
from core.engines.spec import EngineSpec

DEFAULT_MODELS = ("qwen3-0.6b", "lfm2-1.2b", "embeddinggemma-300m")
DEFAULT_CONTEXTS = (512, 1024, 2048)
DEFAULT_CACHE_TYPES = ("f16", "q8_0", "q4_0")
GOAL = 0.05
PERCENTILE = 0.95


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", nargs="+", choices=sorted(MODELS), default=DEFAULT_MODELS)
    parser.add_argument("--contexts", nargs="+", type=int, default=DEFAULT_CONTEXTS)
    parser.add_argument("--cache-types", nargs="+", default=DEFAULT_CACHE_TYPES)
    parser.add_argument("--folder", type=Path, default=default_folder())
    parser.add_argument("--keep", action="store_true", help="leave the models in the folder")


def measure(options: argparse.Namespace) -> list[Figure]:
    """One figure per case, and the 95th percentile of how far the predictions are off."""
    figures = []
    for name in options.models:
        with written(name, options.folder, keep=options.keep) as files:
            # An encoder has no cache to keep in one type or another.
            types = ("f16",) if files.embeddings else options.cache_types
            for context_tokens, cache_type in product(options.contexts, types):
                figures.append(_case(spec_of(name, files, context_tokens, cache_type)))
    return [_percentile(figures), *figures]


def _case(spec: EngineSpec) -> Figure:
    footprint = predicted(spec)
    with loaded(spec) as model:
        use_fully(model.engine, footprint.kv_mb)
        peak_mb = model.peak_mb()
    return Figure(
        f"{spec.model}, {spec.context_tokens} tokens, {spec.kv_cache_type}",
        footprint.total_mb / peak_mb,
        "ratio",
        peers={"measured (MiB)": peak_mb, "predicted": str(footprint)},
    )


def _percentile(figures: Sequence[Figure]) -> Figure:
    off = sorted(abs(figure.value - 1) for figure in figures if figure.value is not None)
    value = off[math.ceil(PERCENTILE * len(off)) - 1]
    name = f"predicted over measured peak memory, how far from 1, 95th percentile of {len(off)}"
    return Figure(name, value, "ratio", f"<= {GOAL}", value <= GOAL, (off[0], off[-1]))


if __name__ == "__main__":
    run_with_options("memory_accuracy", add_options, measure)
