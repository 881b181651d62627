"""MultiModelExecutor: work in phases, for every caller.

Owns the ways to start, follow, resume and drop a run, and the services that runs share; a
run itself is `run.Run`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from core.async_events import pumped
from core.cancellation import Cancellation
from core.clock import Clock, SystemClock
from core.feedback.log import FeedbackLog
from core.model_pool import ModelPool
from core.outcomes import outcomes_of
from core.retrieval.index import DocumentIndex
from core.storage.database import Database
from core.storage.folder import DataFolder
from core.workflow.cache import ResultCache
from core.workflow.checkpoints import Runs, UnfinishedRun
from core.workflow.checks import CHECKS, Check
from core.workflow.events import WorkflowEvent, WorkflowFinished
from core.workflow.graph import graphs_on
from core.workflow.history import History
from core.workflow.job import Job
from core.workflow.matching import AgentModelMatcher
from core.workflow.preparing import Wanted, prepare, require_same_world
from core.workflow.research import Search, document_search
from core.workflow.results import MultiModelResult
from core.workflow.run import Run, RunServices
from core.workflow.store import open_store


class MultiModelExecutor(AbstractContextManager["MultiModelExecutor"]):
    """Carries out tasks in phases. Safe to use from several threads.

    `matcher` holds the profiles, `checks` the tools that they may name; both may be edited.
    Closing it does not close the pool.

    Args:
        pool: where models come from.
        clock: time, for tests.
        search: what the research phase asks; None is what is indexed.
    """

    def __init__(
        self, pool: ModelPool, *, clock: Clock | None = None, search: Search | None = None
    ) -> None:
        self._pool = pool
        self._documents = DocumentIndex(pool)
        self._store = open_store(pool.folder)
        self._store.stay_open()
        self._runs = Runs(pool.folder)
        history = History(self._store)
        said = outcomes_of(FeedbackLog(Database(pool.folder.database)))
        self.matcher = AgentModelMatcher(pool, history, said=said)
        self.checks: dict[str, Check] = dict(CHECKS)
        self._services = RunServices(
            pool=pool,
            clock=clock or SystemClock(),
            search=search or document_search(self._documents),
            checks=self.checks,
            runs=self._runs,
            cache=ResultCache(self._store),
            history=history,
            graph_of=graphs_on(self._runs.saver),
        )

    @property
    def folder(self) -> DataFolder:
        """Where runs and results are kept."""
        return self._pool.folder

    async def execute_with_multi_model(
        self,
        agent_name: str,
        task_description: str,
        task_parameters: Mapping[str, Any] | None = None,
        enable_phases: Sequence[str] | None = None,
        *,
        approve: Sequence[str] = (),
        use_cache: bool = True,
    ) -> MultiModelResult:
        """`execute` on a thread; cancelling the task stops the models."""
        cancel = Cancellation()
        try:
            return await asyncio.to_thread(
                self.execute,
                agent_name,
                task_description,
                task_parameters,
                enable_phases,
                approve=approve,
                use_cache=use_cache,
                cancel=cancel,
            )
        except asyncio.CancelledError:
            cancel.cancel()
            raise

    def execute(
        self,
        agent_name: str,
        task_description: str,
        task_parameters: Mapping[str, Any] | None = None,
        enable_phases: Sequence[str] | None = None,
        *,
        approve: Sequence[str] = (),
        use_cache: bool = True,
        cancel: Cancellation | None = None,
    ) -> MultiModelResult:
        """Carry out a task. What fails on the way stands in the result; check `success`.

        Args:
            agent_name: of a profile; `coding` is `coding_agent`.
            task_parameters: for the models; `complexity`, `speed` and `creativity` also choose
                among them.
            enable_phases: only these phases of the profile.
            approve: phases to wait before, until `resume`; the result is then `pending`.
            use_cache: whether the result of the same task may be given again.
            cancel: stops the run when raised; it can be resumed.

        Raises: UnknownAgent, InvalidInput, ModelUnavailable, before anything runs; Cancelled;
            StorageError.
        """
        return _last(
            self.stream(
                agent_name,
                task_description,
                task_parameters,
                enable_phases,
                approve=approve,
                use_cache=use_cache,
                cancel=cancel,
            )
        )

    def stream(
        self,
        agent_name: str,
        task_description: str,
        task_parameters: Mapping[str, Any] | None = None,
        enable_phases: Sequence[str] | None = None,
        *,
        approve: Sequence[str] = (),
        use_cache: bool = True,
        cancel: Cancellation | None = None,
    ) -> Iterator[WorkflowEvent]:
        """`execute`, piece by piece; the last event is `WorkflowFinished`.

        The task is matched and planned at the call. Leaving the loop early stops the models.
        """
        wanted = Wanted(
            agent_name, task_description, task_parameters or {}, enable_phases, approve, use_cache
        )
        job = prepare(wanted, self.matcher, self._pool, self.checks)
        return self._carried_out(job, cancel or Cancellation())

    async def astream(
        self,
        agent_name: str,
        task_description: str,
        task_parameters: Mapping[str, Any] | None = None,
        enable_phases: Sequence[str] | None = None,
        *,
        approve: Sequence[str] = (),
        use_cache: bool = True,
    ) -> AsyncIterator[WorkflowEvent]:
        """`stream` on a thread."""
        cancel = Cancellation()
        events = await asyncio.to_thread(
            self.stream,
            agent_name,
            task_description,
            task_parameters,
            enable_phases,
            approve=approve,
            use_cache=use_cache,
            cancel=cancel,
        )
        async with pumped(events, stop=cancel.cancel) as arriving:
            async for event in arriving:
                yield event

    def resume(self, run_id: str, *, cancel: Cancellation | None = None) -> MultiModelResult:
        """Go on with a run that was killed, cancelled or waits for approval.

        Phases that were done are not done again. Raises: as `execute`; RunInProgress.
        """
        return _last(self.stream_resumed(run_id, cancel=cancel))

    def stream_resumed(
        self, run_id: str, *, cancel: Cancellation | None = None
    ) -> Iterator[WorkflowEvent]:
        """`resume`, piece by piece.

        Raises: InvalidInput, when there is no such run, or a model or check of it is gone;
            RunInProgress, at the first event, while somebody carries it out.
        """
        require_same_world(self._runs.require(run_id).job, self._pool, self.checks)
        return self._gone_on(run_id, cancel or Cancellation())

    def unfinished(self) -> list[UnfinishedRun]:
        """The runs that are not done, the newest first. Raises: StorageError."""
        return self._runs.all()

    def in_progress(self, run_id: str) -> bool:
        """Whether somebody carries the run out now, here or in another process.

        Raises: StorageError.
        """
        return self._runs.in_progress(run_id)

    def discard(self, run_id: str) -> None:
        """Forget an unfinished run.

        Raises: InvalidInput, when there is none; RunInProgress, while somebody carries it out;
            StorageError.
        """
        with self._runs.owned(self._runs.require(run_id).job.run_id):
            self._runs.delete(run_id)

    def close(self) -> None:
        """Close the databases; safe to call twice."""
        self._runs.close()
        self._store.close()
        self._documents.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _carried_out(self, job: Job, cancel: Cancellation) -> Iterator[WorkflowEvent]:
        with self._runs.owned(job.run_id):
            yield from Run(job, self._services, cancel).events()

    def _gone_on(self, run_id: str, cancel: Cancellation) -> Iterator[WorkflowEvent]:
        with self._runs.owned(run_id):
            run = self._runs.require(run_id)  # as it is now that nobody else changes it
            yield from Run(run.job, self._services, cancel, done=run.results).events()


def _last(events: Iterator[WorkflowEvent]) -> MultiModelResult:
    for event in events:
        if isinstance(event, WorkflowFinished):
            return event.result
    raise LookupError("A run ended without a result.")
