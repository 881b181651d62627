"""One run of one job, from its first event to its result.

Owns how LangGraph is called, and what is written down at the end; which phases there are, the
job knows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from langchain_core.runnables import RunnableConfig

from core.cancellation import Cancellation
from core.clock import Clock
from core.errors import StorageError
from core.model_pool import ModelPool
from core.turn import untraced
from core.workflow.asking import Reach
from core.workflow.cache import ResultCache
from core.workflow.checkpoints import Runs
from core.workflow.checks import Check
from core.workflow.events import WorkflowEvent, WorkflowFinished, WorkflowStarted
from core.workflow.fetching import Fetcher
from core.workflow.graph import RunContext, WorkflowGraph, WorkflowState
from core.workflow.history import History, outcomes_of
from core.workflow.job import Job
from core.workflow.phase_run import Tools
from core.workflow.plan import Dependencies
from core.workflow.research import Search
from core.workflow.results import (
    MultiModelResult,
    PhaseResult,
    costs_of,
    final_of,
    memory_of,
    total_of,
)

logger = logging.getLogger(__name__)

MOST_STEPS = 100
"""More than any loop of refinements takes; LangGraph wants a bound."""


@dataclass(frozen=True, slots=True)
class RunServices:
    """What the runs of an executor share."""

    pool: ModelPool
    clock: Clock
    search: Search
    checks: Mapping[str, Check]
    runs: Runs
    cache: ResultCache
    history: History
    graph_of: Callable[[Dependencies], WorkflowGraph]


class Run:
    """Runs once, by `events`.

    Args:
        done: what an earlier process came to; None begins anew.
    """

    def __init__(
        self,
        job: Job,
        services: RunServices,
        cancel: Cancellation,
        *,
        done: Sequence[PhaseResult] | None = None,
    ) -> None:
        self._job = job
        self._services = services
        self._cancel = cancel
        self._done = done
        self._started_s = time.perf_counter()
        self._untraced = untraced()

    def events(self) -> Iterator[WorkflowEvent]:
        """What happens, as it happens; the last is `WorkflowFinished`."""
        job = self._job
        yield WorkflowStarted(
            job.run_id,
            job.profile.agent_name,
            job.strategy.as_dict(),
            job.plan.waves,
            tuple(self._done or ()),
        )
        cached = self._cached()
        if cached is not None:
            yield WorkflowFinished(cached)
            return
        fetcher = Fetcher(self._services.pool, job)
        try:
            graph = self._services.graph_of(job.waits_for())
            yield from self._steps(graph, self._context(fetcher))
            yield WorkflowFinished(self._finish(graph))
        finally:
            fetcher.take_back()

    def _cached(self) -> MultiModelResult | None:
        key = self._job.cache_key
        return self._services.cache.get(key) if key and self._done is None else None

    def _context(self, fetcher: Fetcher) -> RunContext:
        services = self._services
        reach = Reach(services.pool, services.clock, lambda event: None, self._cancel)
        tools = Tools(reach, services.search, services.checks, fetcher.loaded)
        return RunContext(self._job, tools)

    def _steps(
        self, graph: WorkflowGraph, context: RunContext
    ) -> Generator[WorkflowEvent, None, None]:
        begin = {"job": self._job.as_dict(), "results": []} if self._done is None else None
        steps = cast(
            "Generator[WorkflowEvent, None, None]",
            graph.stream(
                cast("WorkflowState", begin),
                self._config,
                context=context,
                stream_mode="custom",
                durability="sync",
                interrupt_before=[str(phase) for phase in self._job.approve],
            ),
        )
        try:
            while (event := self._untraced.run(next, steps, None)) is not None:
                yield event
        except GeneratorExit:
            self._cancel.cancel()  # LangGraph waits for the phases that are running
            raise
        finally:
            self._untraced.run(steps.close)

    def _finish(self, graph: WorkflowGraph) -> MultiModelResult:
        snapshot = graph.get_state(self._config)
        results = [PhaseResult.from_dict(each) for each in snapshot.values["results"]]
        stopped = self._job.progress(results).stopped_by is not None
        result = self._result(results, [] if stopped else list(snapshot.next))
        if not result.pending:
            self._write_down(result)
        return result

    def _result(self, results: list[PhaseResult], pending: list[str]) -> MultiModelResult:
        job, progress = self._job, self._job.progress(results)
        final = final_of(results)
        waited_s = sum(each.execution_time for each in self._done or ())
        return MultiModelResult(
            strategy_type=job.strategy.strategy_type,
            total_phases=len(results),
            successful_phases=sum(each.success for each in results),
            phase_results=results,
            final_result=final.result if final else None,
            total_execution_time=time.perf_counter() - self._started_s + waited_s,
            total_tokens_used=sum(each.tokens_used for each in results),
            total_cost=total_of(results),
            models_used=list(dict.fromkeys(r.model_used for r in results if r.model_used)),
            agent_name=job.profile.agent_name,
            run_id=job.run_id,
            accepted=progress.accepted,
            error=None if pending else progress.error(),
            warnings=progress.warnings(),
            memory_gb_s=memory_of(results),
            costs=costs_of(results),
            pending=pending,
        )

    def _write_down(self, result: MultiModelResult) -> None:
        """What is learned of a run is worth less than its result."""
        services, job = self._services, self._job
        try:
            services.runs.delete(job.run_id)
            services.history.record(
                list(outcomes_of(result.phase_results, job.strategy.demands.task))
            )
            if job.cache_key and result.success:
                services.cache.put(job.cache_key, result)
        except StorageError as error:
            logger.warning("%s", error)
            result.warnings.append(f"The run was not written down: {error}")

    @property
    def _config(self) -> RunnableConfig:
        # How many phases run at once the plan bounds. `max_concurrency` would count LangGraph's
        # own thread for the stream as one of them.
        return {"configurable": {"thread_id": self._job.run_id}, "recursion_limit": MOST_STEPS}
