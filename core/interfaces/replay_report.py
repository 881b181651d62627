"""What a recorded trace would have cost, as a person or a program reads it.

Owns the tables, the sentences around them and the JSON; simulates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.table import Table

from core.interfaces.model_tables import new_table
from core.model_pool.replay.advice import BUDGET_STEP_MB, Advice
from core.model_pool.replay.comparison import OURS, Comparison
from core.model_pool.replay.recorded import RecordedTrace

if TYPE_CHECKING:
    from core.settings.runtime import RuntimeSettings

UNKNOWN = "-"
CAVEAT = (
    "Simulated: one request at a time, as if one SARAi that never ended had answered them all. "
    f"{OURS} keeps your permanent models, without TTLs and priorities; the others and the optimum "
    "know none of these."
)


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """A trace in one or more budgets, the configured one first; `advice` is for that one."""

    trace: RecordedTrace
    runtime: RuntimeSettings
    comparisons: Sequence[Comparison]
    advice: Advice | None

    def budget_mb(self, comparison: Comparison) -> int:
        """What runtime.budget_mb would have to be."""
        return comparison.budget_mb + self.runtime.system_reserve_mb

    def as_data(self) -> Mapping[str, object]:
        """The report in values that JSON knows."""
        return {
            "requests": len(self.trace.requests),
            "models": [asdict(model) for model in self.trace.models.values()],
            "never_loaded": dict(self.trace.unknown),
            "budgets": [
                {
                    "budget_mb": self.budget_mb(each),
                    "models_budget_mb": each.budget_mb,
                    "too_large": dict(each.too_large),
                    "optimum_s": each.optimum_s,
                    "policies": {
                        name: {
                            **asdict(outcome),
                            "hit_rate": outcome.hit_rate,
                            "over_optimum": over_optimum(outcome.load_s, each.optimum_s),
                        }
                        for name, outcome in each.outcomes.items()
                    },
                }
                for each in self.comparisons
            ],
            "advice": None if self.advice is None else asdict(self.advice),
        }


def over_optimum(load_s: float, optimum_s: float | None) -> float | None:
    """Seconds of loading over the least possible; None when that is unknown or nothing."""
    return load_s / optimum_s if optimum_s else None


def about_the_trace(report: ReplayReport) -> Iterator[str]:
    """What was replayed, and what was left out."""
    trace = report.trace
    asked = {request.model for request in trace.requests}
    span = timedelta(seconds=round(trace.requests[-1].at_s - trace.requests[0].at_s))
    yield f"requests {len(trace.requests)} · models {len(asked)} · from first to last {span}"
    if trace.unknown:
        yield f"Left out, because they were never loaded: {_counted(trace.unknown)}."


def about_the_budget(report: ReplayReport, comparison: Comparison) -> Iterator[str]:
    """The heading of a table."""
    reserve_mb = report.runtime.system_reserve_mb
    configured = " (as configured)" if comparison is report.comparisons[0] else ""
    yield (
        f"runtime.budget_mb {report.budget_mb(comparison)}{configured}: "
        f"{comparison.budget_mb} MiB for models, {reserve_mb} for the system"
    )
    if comparison.too_large:
        yield f"Left out, because they never fit: {_counted(comparison.too_large)}."
    if not comparison.outcomes:
        yield "No request is left."


def outcome_table(comparison: Comparison) -> Table:
    """A line for each policy, and one for the least possible."""
    table = new_table("policy", "loading", "times the optimum", "hits")
    for name, outcome in comparison.outcomes.items():
        ratio = over_optimum(outcome.load_s, comparison.optimum_s)
        shown = UNKNOWN if ratio is None else f"{ratio:.2f}"
        table.add_row(name, _seconds(outcome.load_s), shown, f"{outcome.hit_rate:.1%}")
    least_s = comparison.optimum_s
    least = "too much work to compute" if least_s is None else _seconds(least_s)
    table.add_row("optimum", least, "" if least_s is None else "1.00", "")
    return table


def closing_words(report: ReplayReport) -> Iterator[str]:
    """What the figures mean, and the advice if there is any."""
    yield "Optimum: the least that anybody could spend who knows the future."
    yield CAVEAT
    if report.advice is not None:
        yield _advice(report.advice, report.runtime.budget_mb)


def _advice(advice: Advice, budget_mb: int) -> str:
    if advice.change == "more_memory":
        change = f"runtime.budget_mb: {budget_mb + BUDGET_STEP_MB}, if the machine has it,"
    else:
        change = f"models.{advice.model}.permanent: {str(advice.change == 'pin').lower()}"
    spared = 1 - advice.load_s / advice.instead_of_s
    return (
        f"Advice: {change} would have meant {_seconds(advice.load_s)} of loading instead of "
        f"{_seconds(advice.instead_of_s)} on this trace ({spared:.0%} less)."
    )


def _counted(requests: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count} x)" for name, count in sorted(requests.items()))


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s"
