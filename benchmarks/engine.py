"""Our worker against the raw llama.cpp loop, on full-size synthetic models.

Throughput, what a second turn evaluates again, several requests at once, what weights
repacked for the processor would bring, and what memory is left after unloading. The text
models answer both ways in the same run, pair by pair.
"""

from __future__ import annotations

import argparse
import gc
from contextlib import closing
from pathlib import Path

from benchmarks.measuring.full_use import ask, spec_of
from benchmarks.measuring.processes import available_mb, resident_mb
from benchmarks.measuring.raw_llama import raw_model
from benchmarks.measuring.second_turns import second_turn_figures
from benchmarks.measuring.throughput import (
    AT_LEAST,
    compared,
    fresh_prompt,
    generation_rate,
    prompt_rate,
    raw,
    streams_figure,
    through,
)
from benchmarks.report import Figure, run_with_options
from benchmarks.synthetic_models.catalogue import MODELS, default_folder, written
from core.engines.llama.engine import LlamaEngine
from core.engines.spec import EngineSpec

DEFAULT_MODELS = ("qwen3-4b", "qwen3-0.6b")
DEFAULT_VISION = "qwen3-vl-4b-q4_k_m"
CONTEXT_TOKENS = 4096
LEFT_AT_MOST_MB = 30


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", nargs="*", choices=sorted(MODELS), default=DEFAULT_MODELS)
    parser.add_argument("--vision", default=DEFAULT_VISION, help="empty: none")
    parser.add_argument("--pairs", type=int, default=5, help="repeats of each comparison")
    parser.add_argument("--folder", type=Path, default=default_folder())
    parser.add_argument("--keep", action="store_true", help="leave the models in the folder")


def measure(options: argparse.Namespace) -> list[Figure]:
    figures = []
    for name in options.models:
        with written(name, options.folder, keep=options.keep) as files:
            spec = spec_of(name, files, CONTEXT_TOKENS)
            figures += unload_figures(spec)
            figures += engine_figures(spec, options.pairs)
            figures += repack_figures(spec, options.pairs)
    if options.vision:
        with written(options.vision, options.folder, keep=options.keep) as files:
            figures += vision_figures(spec_of(options.vision, files, CONTEXT_TOKENS))
    return figures


def engine_figures(spec: EngineSpec, pairs: int) -> list[Figure]:
    """Throughput over the raw loop, several streams over one, second turns."""
    with closing(LlamaEngine.open(spec)) as engine, raw_model(spec) as model:
        sides = (("worker", through(engine)), ("raw loop", raw(model)))
        over = f"{spec.model}: worker over the raw loop"
        return [
            compared(f"{over}, generation", sides, generation_rate, pairs, AT_LEAST),
            compared(f"{over}, prompt", sides, prompt_rate, pairs, AT_LEAST),
            streams_figure(spec.model, engine, pairs),
            *second_turn_figures(spec.model, engine),
        ]


def vision_figures(spec: EngineSpec) -> list[Figure]:
    """Second turns, also after pictures."""
    with closing(LlamaEngine.open(spec)) as engine:
        return second_turn_figures(spec.model, engine)


def repack_figures(spec: EngineSpec, pairs: int) -> list[Figure]:
    """Weights repacked for this processor, which are a second copy, over weights as they lie."""
    before_mb = resident_mb()
    with raw_model(spec) as plain:
        plain_mb = resident_mb() - before_mb
        with raw_model(spec, repack=True) as repacked:
            more_mb = resident_mb() - before_mb - 2 * plain_mb
            sides = (("repacked", raw(repacked)), ("as in the file", raw(plain)))
            over = f"{spec.model}: repacked weights over those of the file"
            return [
                compared(f"{over}, generation", sides, generation_rate, pairs),
                compared(f"{over}, prompt", sides, prompt_rate, pairs),
                Figure(f"{spec.model}: memory that repacking adds", more_mb, "MiB"),
            ]


def unload_figures(spec: EngineSpec) -> list[Figure]:
    """What is gone after a model was loaded, used and unloaded, once it was so before."""
    _load_and_use(spec)
    own_mb, free_mb = resident_mb(), available_mb()
    _load_and_use(spec)
    left = (
        ("this process's memory", resident_mb() - own_mb),
        ("the machine's available memory, lost", free_mb - available_mb()),
    )
    return [
        Figure(
            f"{spec.model}: {what} after unloading",
            value_mb,
            "MiB",
            f"<= {LEFT_AT_MOST_MB}",
            value_mb <= LEFT_AT_MOST_MB,
        )
        for what, value_mb in left
    ]


def _load_and_use(spec: EngineSpec) -> None:
    with closing(LlamaEngine.open(spec)) as engine:
        ask(engine, fresh_prompt(64))
    gc.collect()


if __name__ == "__main__":
    run_with_options("engine", add_options, measure)
