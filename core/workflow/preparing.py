"""From what a caller asks to a job: matched, planned and ready to run.

Owns the checks of what callers give and the making of jobs; runs nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from core.errors import InvalidInput, SARAiError
from core.model_pool import ModelPool
from core.workflow.cache import cache_key
from core.workflow.checks import Check
from core.workflow.job import Job, checked_approvals
from core.workflow.matching import AgentModelMatcher
from core.workflow.phases import TaskPhase
from core.workflow.plan import Memory, ordered, plan
from core.workflow.profiles import AgentTaskProfile
from core.workflow.strategy import Strategy

_LOADED = ("ready", "in_use")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller asks for; see `MultiModelExecutor.execute`."""

    agent_name: str
    description: str
    parameters: Mapping[str, Any]
    enable_phases: Sequence[str] | None = None
    approve: Sequence[str] = ()
    use_cache: bool = True


def prepare(
    wanted: Wanted, matcher: AgentModelMatcher, pool: ModelPool, checks: Mapping[str, Check]
) -> Job:
    """The job, ready to run.

    Raises: UnknownAgent, InvalidInput, ModelUnavailable.
    """
    if not wanted.description.strip():
        raise InvalidInput("There is no task.", key="task_description")
    parameters = _plain(wanted.parameters)
    strategy = matcher.match(
        wanted.agent_name, wanted.description, parameters, wanted.enable_phases
    )
    phases = [choice.phase for choice in strategy.phases]
    profile = matcher.profile(wanted.agent_name).with_phases(phases)
    require_checks(profile, checks)
    workflow = pool.settings.workflow
    cached = workflow.cache and wanted.use_cache and not wanted.approve
    return Job(
        run_id=uuid4().hex,
        description=wanted.description,
        parameters=parameters,
        profile=profile,
        strategy=strategy,
        plan=plan(
            ordered(profile.dependencies()),
            {choice.phase: choice.primary_model.model for choice in strategy.phases},
            memory_of(strategy, pool),
            max_parallel=workflow.max_parallel_phases,
        ),
        max_refinements=workflow.max_refinements,
        phase_timeout_s=workflow.phase_timeout_s,
        approve=checked_approvals(wanted.approve, profile),
        cache_key=cache_key(profile, wanted.description, parameters, strategy, pool)
        if cached
        else None,
        started_s=time.time(),
    )


def memory_of(strategy: Strategy, pool: ModelPool) -> Memory:
    """What the planner has to know of the models that are asked first: permanent ones that are
    loaded leave for nobody, so their memory is not there."""
    names = {choice.primary_model.model for choice in strategy.phases}
    loaded = [each for each in pool.status().models if each.state in _LOADED]
    taken_mb = sum(each.reserved_mb for each in loaded if each.permanent and each.name not in names)
    return Memory(
        need_mb={name: _need_mb(name, pool) for name in names},
        budget_mb=pool.settings.runtime.models_budget_mb - taken_mb,
        loaded=frozenset({each.name for each in loaded} & names),
    )


def _need_mb(name: str, pool: ModelPool) -> int:
    try:
        return pool.resolve(name).need_mb
    except SARAiError:  # whoever asks it will be told
        return 0


def require_same_world(job: Job, pool: ModelPool, checks: Mapping[str, Check]) -> None:
    """Whether a job that was begun earlier can go on here.

    Raises: InvalidInput, when a model or a check of it is not there any more.
    """
    require_checks(job.profile, checks)
    for choice in job.strategy.phases:
        for name in choice.models:
            if name not in pool.settings.models:
                raise InvalidInput(
                    f"The run was to ask the model {name}, which is not configured any more.",
                    key="run_id",
                    hint="Configure it again, or begin the task anew.",
                )


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as they will be read again. Raises: InvalidInput."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(parameters), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"The task's parameters cannot be written down: {error}.",
            key="task_parameters",
            hint="Give texts, numbers, lists and mappings.",
        ) from error
    return plain


def require_checks(profile: AgentTaskProfile, checks: Mapping[str, Check]) -> None:
    """Raises: InvalidInput, when the profile names a check that is not there."""
    for phase in profile.phases_needed:
        for name in profile.spec(TaskPhase(phase)).checks:
            if name not in checks:
                raise InvalidInput(
                    f"{profile.agent_name} names the check {name!r}, which is not there.",
                    key="checks",
                    hint=f"There are {', '.join(checks)}; `executor.checks` takes others.",
                )
