"""`python -m benchmarks.strategies`: each table of models on broken programs (tests/developer).

Takes whatever models are installed here; where a strategy's own are not, the selector's choice
stands in and is named. `--embedded` asks the demo models too, which are never asked to mend code
otherwise, and cannot. `--out FOLDER` writes benchmark_results.json and strategies.svg.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.report import Figure, not_measured, run_with_options
from benchmarks.strategies.chart import chart
from benchmarks.strategies.claims import CLAIMED
from benchmarks.strategies.measure import StrategyResult, measure
from benchmarks.strategies.results_file import write_results
from core.model_files.locate import embedded_folder
from core.model_pool import ModelPool
from core.profiles import with_what_is_here
from core.settings import Settings, load_settings
from core.storage.folder import open_data_folder
from tests.developer.cases import load_cases

STRATEGIES = ("balanced", "quality", "fast", "low_ram", "single", "auto")

DEMO_MODEL = "nano_text"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--strategy", action="append", help="this one; may be given again")
    parser.add_argument("--held-out", action="store_true", help="all cases, not only the seven")
    parser.add_argument("--embedded", action="store_true", help="ask the demo models too")
    parser.add_argument("--out", type=Path, help="where the results and the chart are written")


def _measured(arguments: argparse.Namespace) -> Sequence[Figure]:
    cases = [case for case in load_cases() if arguments.held_out or not case.held_out]
    folder = open_data_folder()
    settings = with_what_is_here(load_settings(), folder)
    if arguments.embedded:
        settings = with_demo_models_as_others(settings)
    with closing(ModelPool(settings, folder)) as pool:
        results = [measure(name, cases, pool) for name in arguments.strategy or STRATEGIES]
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        write_results(arguments.out / "benchmark_results.json", results)
        (arguments.out / "strategies.svg").write_text(chart(results), encoding="utf-8")
    return [figure for result in results for figure in _figures(result)]


def with_demo_models_as_others(settings: Settings) -> Settings:
    """The embedded text model as one that was installed, so that it is asked like any other."""
    demo = settings.models[DEMO_MODEL]
    assert demo.gguf_file is not None  # noqa: S101
    told = {"embedded": False, "gguf_file": embedded_folder() / demo.gguf_file}
    models = {**settings.models, DEMO_MODEL: demo.model_copy(update=told)}
    return settings.model_copy(update={"models": models})


def _figures(result: StrategyResult) -> Iterator[Figure]:
    name, claim = result.strategy, CLAIMED.get(result.strategy)
    if result.problem:
        yield not_measured(f"{name}: mended", "%", result.problem)
        return

    def figure(what: str, value: float, unit: str, claimed: float | None) -> Figure:
        peers = {} if claimed is None else {"claimed": claimed}
        return Figure(f"{name}: {what}", value, unit, peers=peers)

    told = f"{len(result.cases)} cases, by {', '.join(result.models)}"
    yield figure(f"mended ({told})", result.success_rate, "%", claim and claim.success_rate)
    yield figure("time for each case", result.mean_s, "s", claim and claim.avg_time_s)
    yield figure("mean RAM of the models", result.mean_ram_gb, "GB", claim and claim.avg_ram_gb)
    yield figure("peak RAM of the models", result.peak_ram_gb, "GB", None)


if __name__ == "__main__":
    run_with_options("strategies", _options, _measured)
