"""`sarai pool replay`: what a recorded trace would have cost under other policies and budgets."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import InvalidInput
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.presenter import terminal_presenter
from core.interfaces.replay_report import (
    ReplayReport,
    about_the_budget,
    about_the_trace,
    closing_words,
    outcome_table,
)
from core.model_pool.replay.advice import advise
from core.model_pool.replay.comparison import compare
from core.model_pool.replay.recorded import read_trace
from core.settings import load_settings
from core.settings.runtime import RuntimeSettings


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded for this."""
    settings, presenter = load_settings(), terminal_presenter()
    budgets_mb = list(_models_budgets_mb(arguments.budget_mb, settings.runtime))
    trace = read_trace(Path(arguments.trace))
    pinned = [name for name, model in settings.models.items() if model.permanent]
    report = ReplayReport(
        trace,
        settings.runtime,
        [compare(trace, budget_mb, pinned) for budget_mb in budgets_mb],
        advise(trace, budgets_mb[0], pinned),
    )
    if arguments.json:
        presenter.line(json.dumps(report.as_data(), ensure_ascii=False, indent=2))
        return EXIT_OK
    for line in about_the_trace(report):
        presenter.line(line)
    for comparison in report.comparisons:
        presenter.line("")
        for line in about_the_budget(report, comparison):
            presenter.line(line)
        if comparison.outcomes:
            presenter.render(outcome_table(comparison))
    presenter.line("")
    for line in closing_words(report):
        presenter.line(line)
    return EXIT_OK


def _models_budgets_mb(asked_mb: Sequence[int], runtime: RuntimeSettings) -> Iterator[int]:
    """What is left to models, the configured first, each once."""
    for budget_mb in dict.fromkeys((runtime.budget_mb, *asked_mb)):
        if budget_mb <= runtime.system_reserve_mb:
            raise InvalidInput(
                f"--budget-mb {budget_mb} leaves models nothing: "
                f"{runtime.system_reserve_mb} MiB are for the system.",
                key="--budget-mb",
                hint="It is all memory, as runtime.budget_mb is.",
            )
        yield budget_mb - runtime.system_reserve_mb
