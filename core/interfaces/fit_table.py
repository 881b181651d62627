"""What fits into memory, as a person reads it.

Owns the table and the sentences around it; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from core.interfaces.fit_report import FitReport, ModelFit
from core.interfaces.model_tables import new_table
from core.model_pool.fit import Fit
from core.model_pool.memory.budget import MARGIN_MB, counted_once

WORDS = {"fits": "fits", "not_now": "not now", "never": "never"}
UNKNOWN = "-"


def fit_table(report: FitReport) -> Table:
    """A line for each configured model."""
    gpu = ["on the GPU"] if report.view.devices else []
    table = new_table("model", "state", "predicted", "measured", *gpu, "alone", "at work")
    for model in report.models:
        table.add_row(
            model.name,
            model.state,
            _predicted(model),
            _mb(model.measured_mb) if model.measured_mb is not None else "not yet",
            *([_mb(model.device_mb)] if gpu else []),
            _verdict(model.alone),
            _verdict(model.at_work),
        )
    return table


def explanations(report: FitReport) -> Iterator[str]:
    """What the table was held against, what its columns mean, and why something does not fit."""
    runtime, view = report.runtime, report.view
    yield (
        f"Models may take {runtime.models_budget_mb} MiB: {runtime.budget_mb} (runtime.budget_mb) "
        f"less {runtime.system_reserve_mb} for the system (runtime.system_reserve_mb)."
    )
    if others := counted_once(view.others):
        yield f"Others hold {sum(each.reserved_mb for each in others)} MiB of that:"
        yield from (f"  {holding}" for holding in others)
    else:
        yield "Nobody else holds any of it: neither Ollama nor another SARAi."
    if view.available_mb is not None:
        yield (
            f"This machine has {view.available_mb} of {view.total_mb} MiB available, "
            f"of which {MARGIN_MB} stay free."
        )
    yield f"So models may take {report.now.limit_mb} MiB now and {report.at_most.limit_mb} at most."
    yield from _gpu_explanation(report)
    at_start = ", ".join(report.at_start) or "nothing"
    yield f"At work: beside what SARAi loads at its start, taken for installed: {at_start}."
    for model in report.models:
        yield from _reasons(model)


def _gpu_explanation(report: FitReport) -> Iterator[str]:
    """What there is of the GPUs' memory, where a model asked for it."""
    if report.view.devices:
        yield (
            f"Of GPU memory they may take {report.now.device_limit_mb} MiB now and "
            f"{report.at_most.device_limit_mb} at most: {report.at_most.device_reason}."
        )


def _reasons(model: ModelFit) -> Iterator[str]:
    """The arithmetic behind what does not fit, once when it is the same."""
    told = {"": ""}
    for when, found in (("alone", model.alone), ("at work", model.at_work)):
        if found is not None:
            told.setdefault(found.reason, when)
    for reason, when in told.items():
        if reason:
            yield f"{model.name}, {when}: {reason.rstrip('.')}."


def _predicted(model: ModelFit) -> str:
    if model.predicted_mb is not None:
        return _mb(model.predicted_mb)
    return UNKNOWN if model.expected_mb is None else f"≤ {_mb(model.expected_mb)}"


def _verdict(found: Fit | None) -> str:
    if found is None:
        return UNKNOWN
    if found.verdict == "fits_after_evicting":
        return f"without {', '.join(found.evicts)}"
    return WORDS[found.verdict]


def _mb(size_mb: int) -> str:
    return f"{size_mb} MiB"
