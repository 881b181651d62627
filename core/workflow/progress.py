"""How far a piece of work has come, read from the results of its phases.

Owns the rules of failure: what stops the work, what is skipped, what is repeated. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import AllPhasesFailed, PhaseFailed, PhaseTimeout, WorkflowError
from core.workflow.phases import CRITICAL, DRAFTING, TaskPhase
from core.workflow.results import PhaseResult, final_of

REPEATED = frozenset({TaskPhase.REVIEW, TaskPhase.REFINEMENT})


@dataclass(frozen=True, slots=True)
class Progress:
    """`results` in the order in which they came."""

    results: Sequence[PhaseResult]
    max_refinements: int
    phase_timeout_s: float

    def runs(self, phase: TaskPhase) -> list[PhaseResult]:
        """All results of one phase."""
        return [each for each in self.results if each.phase == phase]

    def last(self, phase: TaskPhase) -> PhaseResult | None:
        """The newest result of one phase, good or bad."""
        return next(iter(reversed(self.runs(phase))), None)

    def output(self, phase: TaskPhase) -> PhaseResult | None:
        """The newest good result of one phase."""
        return next((each for each in reversed(self.runs(phase)) if each.success), None)

    @property
    def draft(self) -> PhaseResult | None:
        """The work as it stands: the last refinement that succeeded, else the generation."""
        return final_of([each for each in self.results if each.phase in DRAFTING])

    @property
    def stopped_by(self) -> PhaseResult | None:
        """The failure that the work cannot go on after."""
        failed = (each for each in self.results if each.phase in CRITICAL and not each.success)
        return next(failed, None)

    def skipped(self, phase: TaskPhase) -> str:
        """Why `phase` does not run now; empty when it does."""
        if self.stopped_by is not None:
            return f"{self.stopped_by.phase} failed"
        if phase not in REPEATED and self.last(phase) is not None:
            return "it is done"
        if phase is TaskPhase.REFINEMENT and not self.refine:
            return "there is nothing to refine"
        return ""

    @property
    def refine(self) -> bool:
        """Whether a refinement is due: the verdict on the draft is bad, or, before the first
        one, nobody could give a verdict."""
        done = len(self.runs(TaskPhase.REFINEMENT))
        review = self.last(TaskPhase.REVIEW)
        if review is None or not review.success:
            return done == 0
        return review.passed is False and done < self.max_refinements

    @property
    def review_again(self) -> bool:
        """Whether what was refined is to be judged: when a bad verdict could still be heeded."""
        refined, review = self.last(TaskPhase.REFINEMENT), self.last(TaskPhase.REVIEW)
        return (
            self.stopped_by is None
            and refined is not None
            and refined.success
            and review is not None
            and review.success
            and len(self.runs(TaskPhase.REFINEMENT)) < self.max_refinements
            and self.results[-1].phase == TaskPhase.REFINEMENT
        )

    @property
    def accepted(self) -> bool | None:
        """The last verdict on the draft as it stands; None when there is none on it."""
        draft = self.draft
        if draft is None:
            return None
        later = self.results[list(self.results).index(draft) + 1 :]
        verdicts = [each.passed for each in later if each.success and each.passed is not None]
        return verdicts[-1] if verdicts else None

    def error(self) -> WorkflowError | None:
        """Why the work is no success; None when it is, as far as it has come."""
        if self.results and not any(each.success for each in self.results):
            return AllPhasesFailed([f"{each.phase}: {each.error}" for each in self.results])
        if self.stopped_by is not None:
            return self._failure(self.stopped_by)
        validation = self.last(TaskPhase.VALIDATION)
        if validation is not None and validation.passed is False:
            return PhaseFailed(validation.phase, ["The result did not pass.", validation.text])
        return None

    def _failure(self, result: PhaseResult) -> WorkflowError:
        if result.error_code == PhaseTimeout.code:
            return PhaseTimeout(result.phase, self.phase_timeout_s)
        reasons = [f"{each.model}: {each.error}" for each in result.tries]
        return PhaseFailed(result.phase, reasons or [result.error or ""])

    def warnings(self) -> list[str]:
        """What a reader of the final result should know of the way to it."""
        told = [f"{r.phase}: {w}" for r in self.results for w in r.warnings]
        told += [
            f"{each.phase} failed and was passed over: {each.error}"
            for each in self.results
            if not each.success and each.phase not in CRITICAL
        ]
        review = self.last(TaskPhase.REVIEW)
        if self.accepted is False and review is not None and review.passed is False:
            told.append(f"The review still had objections: {review.text}")
        return told
