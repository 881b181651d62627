"""SARAi's pool beside llama.cpp's own router, on the same synthetic files in one run.

    benchmarks/peers/build_llama_server.sh FOLDER
    python -m benchmarks.peers.llama_router --server FOLDER/build/bin/llama-server --json

What a swap of two models costs over a plain load, how long a loaded model lets wait while
another one loads, and whether a broken file costs a healthy model its place. Both sides keep
their defaults: the router repacks weights and warms up, the pool does neither.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.measuring.full_use import spec_of
from benchmarks.measuring.raw_llama import raw_model
from benchmarks.measuring.throughput import fresh_prompt, seconds
from benchmarks.peers.sides import CONTEXT_TOKENS, PROMPT_TOKENS, Side, pool_side, router_side
from benchmarks.report import Figure, median_figure, run_with_options
from benchmarks.synthetic_models.catalogue import Files, default_folder, write

SMALL, OTHER, LARGE, BROKEN = "qwen3-0.6b", "lfm2-1.2b", "qwen3-4b", "broken"
BROKEN_BYTES = 100 * 2**20
ONE_SMALL_MB, ALL_MB = 1200, 6000
HITS_QUIET = 10
MS_PER_S = 1000


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", type=Path, required=True, help="a built llama-server")
    parser.add_argument("--folder", type=Path, default=default_folder())
    parser.add_argument("--rounds", type=int, default=3)


def measure(options: argparse.Namespace) -> list[Figure]:
    """All figures; the models are left in the folder."""
    files = {name: write(name, options.folder) for name in (SMALL, OTHER, LARGE)}
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        models = _models_folder(Path(scratch, "models"), files)
        with _both(options.server, models, ONE_SMALL_MB, 1) as sides:
            figures = [_swap_figure(sides, files, options.rounds), *_broken_figures(sides)]
        with _both(options.server, models, ALL_MB, 2) as sides:
            figures += [_hit_figure(sides)]
    return figures


@contextmanager
def _both(
    server: Path, models: Path, budget_mb: int, most_models: int
) -> Iterator[Mapping[str, Side]]:
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield {
            "pool": stack.enter_context(pool_side(models, data, budget_mb)),
            "router": stack.enter_context(router_side(server, models, most_models)),
        }


def _models_folder(folder: Path, files: Mapping[str, Files]) -> Path:
    """Links to the models, and a copy that ends in the middle."""
    folder.mkdir()
    for name, each in files.items():
        (folder / f"{name}.gguf").symlink_to(each.gguf_path.resolve())
    with files[SMALL].gguf_path.open("rb") as whole:
        (folder / f"{BROKEN}.gguf").write_bytes(whole.read(BROKEN_BYTES))
    return folder


def _swap_figure(sides: Mapping[str, Side], files: Mapping[str, Files], rounds: int) -> Figure:
    """A swap, first token included, less a raw load and first token; once round unmeasured."""
    taken_s: dict[str, list[float]] = {name: [] for name in ("raw", *sides)}
    for number in range(2 * rounds + 2):
        model = (SMALL, OTHER)[number % 2]
        times_s = {name: _asked_s(side, model) for name, side in sides.items()}
        times_s["raw"] = seconds(partial(_raw_load, model, files[model]))
        if number >= 2:
            for name, time_s in times_s.items():
                taken_s[name].append(time_s)
    over_s = {
        name: [swap - raw for swap, raw in zip(taken_s[name], taken_s["raw"], strict=True)]
        for name in sides
    }
    peers = {
        "router (s)": statistics.median(over_s["router"]),
        "raw load (s)": statistics.median(taken_s["raw"]),
    }
    return median_figure("swap of two models, over a raw load", over_s["pool"], "s", peers=peers)


def _broken_figures(sides: Mapping[str, Side]) -> list[Figure]:
    """Whether the healthy model, in the only place there is, outlives a broken file."""
    survived: dict[str, float] = {}
    for name, side in sides.items():
        side.ask(SMALL)
        if side.ask(BROKEN):
            raise RuntimeError(f"{name} answered from a broken file")
        survived[name] = float(SMALL in side.loaded())
    ours = survived.pop("pool")
    name = "healthy model still loaded after a broken file was asked for (1: yes)"
    return [Figure(name, ours, "", "1", ours == 1, peers=survived)]


def _hit_figure(sides: Mapping[str, Side]) -> Figure:
    """Milliseconds for a token of a loaded model while a large one loads; longest of them."""
    quiet_ms, busy_ms = {}, {}
    for name, side in sides.items():
        side.ask(SMALL)
        quiet_ms[name] = statistics.median(_asked_s(side, SMALL) for _ in range(HITS_QUIET))
        loading = threading.Thread(target=side.ask, args=(LARGE,))
        loading.start()
        hits_s = []
        while loading.is_alive():
            hits_s.append(_asked_s(side, SMALL))
        loading.join()
        busy_ms[name] = max(hits_s)
    peers = {
        "pool, quiet (ms)": quiet_ms["pool"] * MS_PER_S,
        "router (ms)": busy_ms["router"] * MS_PER_S,
        "router, quiet (ms)": quiet_ms["router"] * MS_PER_S,
    }
    name = "longest wait for a loaded model while another one loads and answers"
    return Figure(name, busy_ms["pool"] * MS_PER_S, "ms", peers=peers)


def _asked_s(side: Side, model: str) -> float:
    def asked() -> None:
        if not side.ask(model):
            raise RuntimeError(f"{model} was refused")

    return seconds(asked)


def _raw_load(model: str, files: Files) -> None:
    with raw_model(spec_of(model, files, CONTEXT_TOKENS)) as opened:
        opened.answer(fresh_prompt(PROMPT_TOKENS), 1)


if __name__ == "__main__":
    os.environ.setdefault("SARAI__OLLAMA__BASE_URL", "http://127.0.0.1:9")
    run_with_options("peers.llama_router", add_options, measure)
