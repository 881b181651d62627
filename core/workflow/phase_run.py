"""One phase, from what it is asked to its result.

Owns the question, the checks before it and the sum of what it took; which phase comes next
nobody here knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agents.agent import Question
from core.errors import PhaseFailed, PhaseTimeout
from core.settings import Settings
from core.workflow.asking import Reach, Tally, ask_in_order
from core.workflow.charging import charge
from core.workflow.checks import Check
from core.workflow.context import FittedPrompt
from core.workflow.events import WorkflowEvent
from core.workflow.job import Job
from core.workflow.phases import DRAFTING, JUDGING, TaskPhase
from core.workflow.progress import Progress
from core.workflow.prompts import prompt_for
from core.workflow.research import Findings, Search
from core.workflow.results import PhaseResult
from core.workflow.verdict import VERDICT_SCHEMA, Verdict

CALM = 0.3
"""Temperature of plans and research; verdicts have none."""
VERDICT_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Tools:
    """What every phase of a run works with. `loaded` is told the phase and the model that is
    there for it, so that the next one may be fetched."""

    reach: Reach
    search: Search
    checks: Mapping[str, Check]
    loaded: Callable[[TaskPhase, str], None]

    def telling(self, emit: Callable[[WorkflowEvent], None]) -> Tools:
        """The same, telling `emit` what happens."""
        return replace(self, reach=replace(self.reach, emit=emit))


def run_phase(phase: TaskPhase, job: Job, progress: Progress, tools: Tools) -> PhaseResult:
    """Carry out one phase. What models could not do stands in the result.

    Raises: Cancelled, with the whole run.
    """
    started_s, tally, findings = time.perf_counter(), Tally(), Findings()
    error: PhaseFailed | PhaseTimeout | None = None
    refused = _refused_by_tools(phase, job, progress, tools)
    if refused is None and phase is TaskPhase.RESEARCH:
        findings = tools.search(job.description)
    try:
        value = (
            ask_in_order(
                phase,
                job.strategy.choice(phase).models,
                _question(phase, job, progress, tools, findings),
                tools.reach,
                timeout_s=job.phase_timeout_s,
                tally=tally,
            )
            if refused is None
            else refused.as_dict()
        )
    except (PhaseFailed, PhaseTimeout) as failure:
        error, value = failure, tally.made.text if tally.made else None
    return _result(
        phase,
        tools.reach.pool.settings,
        tally,
        value=value,
        error=error,
        findings=findings,
        round_=len(progress.runs(phase)) + 1,
        seconds=time.perf_counter() - started_s,
    )


def _refused_by_tools(
    phase: TaskPhase, job: Job, progress: Progress, tools: Tools
) -> Verdict | None:
    """The verdict of the checks that the profile names, when they find something wrong."""
    draft = progress.draft
    if phase not in JUDGING or draft is None:
        return None
    problems = [
        problem
        for name in job.profile.spec(phase).checks
        for problem in tools.checks[name](draft.text, job.parameters) or ()
    ]
    return Verdict.from_problems(problems) if problems else None


def _question(
    phase: TaskPhase, job: Job, progress: Progress, tools: Tools, findings: Findings
) -> Question:
    demands, spec = job.strategy.demands, job.profile.spec(phase)
    prompt = prompt_for(
        phase,
        job.profile,
        description=job.description,
        parameters=job.parameters,
        language=demands.language,
        progress=progress,
        sources=findings.sources,
    )
    judging = phase in JUDGING
    return Question(
        parts=(),
        language=demands.language,
        compose=FittedPrompt(prompt, spec.prompt_tokens, lambda model: tools.loaded(phase, model)),
        max_tokens=spec.max_tokens or (VERDICT_TOKENS if judging else demands.tokens),
        temperature=demands.temperature if phase in DRAFTING else CALM,
        preferences={"temperature": 0.0} if judging else {},
        json_schema=VERDICT_SCHEMA if judging else None,
    )


def _result(
    phase: TaskPhase,
    settings: Settings,
    tally: Tally,
    *,
    value: Any,
    error: PhaseFailed | PhaseTimeout | None,
    findings: Findings,
    round_: int,
    seconds: float,
) -> PhaseResult:
    made = tally.made
    asked = tally.tries[-1] if made and tally.tries else None
    usages = [each.usage for each in tally.answers]
    prompt_tokens = sum(usage.prompt_tokens for usage in usages)
    completion_tokens = sum(usage.completion_tokens for usage in usages)
    amount, currency = charge(tally.answers, settings)
    return PhaseResult(
        phase=str(phase),
        model_used=asked.model if asked else "",
        provider_used=asked.provider if asked else "",
        success=error is None,
        result=value,
        execution_time=seconds,
        tokens_used=prompt_tokens + completion_tokens,
        error=error.message if error else None,
        error_code=error.code if error else None,
        round=round_,
        tries=tuple(tally.tries),
        prompt_tokens=prompt_tokens,
        reused_tokens=sum(usage.reused_tokens for usage in usages),
        completion_tokens=completion_tokens,
        memory_mb=made.memory_mb if made else None,
        memory_gb_s=sum(tally.memory_gb_s) if tally.memory_gb_s else None,
        cost=amount,
        currency=currency,
        warnings=(*findings.warnings, *(made.warnings if made else ())),
        citations=findings.citations,
    )
