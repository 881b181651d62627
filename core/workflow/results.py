"""What came of a piece of work, phase by phase.

Owns the two results, what they cost and their JSON; knows nothing of how they come about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import WorkflowError
from core.state import Citation
from core.workflow.phases import FINAL
from core.workflow.plain import plain


@dataclass(frozen=True, slots=True)
class Try:
    """One model that was asked. `error` and its `code` are empty for the one that answered."""

    model: str
    provider: str
    seconds: float
    error: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """One phase that was carried out.

    Args:
        model_used, provider_used: who gave `result`; empty where nobody did, and where tools
            alone decided.
        result: the text; of a review or a validation the verdict, {"passed", "problems"}. Of a
            phase that failed, what there was until then, else None.
        execution_time: seconds, all tries, loading and waiting together.
        tokens_used: of prompts and answers of all tries, as the engines counted them; the
            figures behind it are its parts.
        round: how many times the phase has run, this one included.
        tries: everybody who was asked, in order.
        memory_gb_s: memory of the models that were asked (GB, 10^9 bytes) times the seconds that
            each took; None where nobody knows.
        cost: in `currency`; 0 for what this machine runs, None where no price is known.
    """

    phase: str
    model_used: str
    provider_used: str
    success: bool
    result: Any
    execution_time: float
    tokens_used: int
    error: str | None = None
    error_code: str | None = None
    round: int = 1
    tries: tuple[Try, ...] = ()
    prompt_tokens: int = 0
    reused_tokens: int = 0
    completion_tokens: int = 0
    memory_mb: float | None = None
    memory_gb_s: float | None = None
    cost: float | None = 0.0
    currency: str = "USD"
    warnings: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()

    @property
    def text(self) -> str:
        """The result as words, for later phases."""
        if isinstance(self.result, Mapping):
            return "\n".join(f"- {problem}" for problem in self.result["problems"])
        return self.result or ""

    @property
    def passed(self) -> bool | None:
        """The verdict; None of what is none."""
        return self.result["passed"] if isinstance(self.result, Mapping) else None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> PhaseResult:
        """The opposite of `as_dict`, also after a way through JSON."""
        tries = tuple(Try(**each) for each in values["tries"])
        lists = {key: tuple(values[key]) for key in ("warnings", "citations")}
        return cls(**{**values, **lists, "tries": tries})


@dataclass(frozen=True, slots=True)
class MultiModelResult:
    """A whole piece of work.

    Args:
        strategy_type: "multi_model" or "single_model".
        total_phases: how many were carried out, repeated ones each time.
        final_result: the output of the last refinement that succeeded, else of generation,
            validation, review, research or planning, the first that has one.
        total_execution_time: seconds of wall time; those before a resumption included.
        total_cost: money for models on servers, in the currency of `costs`; None where there
            are several, or a price is not known.
        costs: money by currency.
        accepted: the last verdict on the final result; None where nobody judged it.
        error: why the work stopped, or that its validation did not pass.
        pending: phases that wait for a person's approval; `resume` goes on with them.
        cached: whether this is the result of an earlier run.
    """

    strategy_type: str
    total_phases: int
    successful_phases: int
    phase_results: list[PhaseResult]
    final_result: Any
    total_execution_time: float
    total_tokens_used: int
    total_cost: float | None
    models_used: list[str]
    agent_name: str = ""
    run_id: str = ""
    accepted: bool | None = None
    error: WorkflowError | None = None
    warnings: list[str] = field(default_factory=list)
    memory_gb_s: float | None = None
    costs: dict[str, float] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    cached: bool = False

    @property
    def success(self) -> bool:
        """Whether the work was done to its end, and no validation refused it."""
        return self.error is None and not self.pending and self.final_result is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON; `success` among them."""
        error = self.error
        told = error and {"code": error.code, "message": error.message, "hint": error.hint}
        return {"success": self.success, **plain(replace(self, error=None)), "error": told}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> MultiModelResult:
        """The opposite of `as_dict`, for one that has no error."""
        phases = [PhaseResult.from_dict(each) for each in values["phase_results"]]
        rest = {key: value for key, value in values.items() if key != "success"}
        return cls(**{**rest, "phase_results": phases})


def final_of(results: Sequence[PhaseResult]) -> PhaseResult | None:
    """Whose output is the final result; None before the first."""
    newest = {each.phase: each for each in results if each.success}
    return next((newest[phase] for phase in FINAL if phase in newest), None)


def costs_of(results: Sequence[PhaseResult]) -> dict[str, float]:
    """Money by currency; what costs nothing is left out."""
    costs: dict[str, float] = {}
    for each in results:
        if each.cost:
            costs[each.currency] = costs.get(each.currency, 0.0) + each.cost
    return costs


def total_of(results: Sequence[PhaseResult]) -> float | None:
    """All money as one sum; None where there is no such thing."""
    costs = costs_of(results)
    if len(costs) > 1 or any(each.cost is None for each in results):
        return None
    return sum(costs.values(), 0.0)


def memory_of(results: Sequence[PhaseResult]) -> float | None:
    """GB times seconds of all phases that know; None where none does."""
    known = [each.memory_gb_s for each in results if each.memory_gb_s is not None]
    return sum(known) if known else None
