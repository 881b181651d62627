"""How a caller comes to a lease: a hit, or a place in the queue and a wait.

Owns the caller's side: everything that can be found wrong before anybody leaves, the wait,
and giving up; who gets memory is the scheduler's.
"""

from __future__ import annotations

from collections.abc import Callable

from core.cancellation import Cancellation
from core.clock import Clock
from core.errors import ModelError
from core.model_pool.loads import Loader
from core.model_pool.memory.interface import Budget
from core.model_pool.monitor import Monitor
from core.model_pool.resolve import Models, ResolvedModel
from core.model_pool.scheduling import refusals
from core.model_pool.scheduling.records import Loaded, Ticket
from core.settings.models import ModelSettings


class Callers:
    """Serves all callers of one pool, each on its own thread.

    Args:
        requested: told each name that is asked for.
        patience_s: how long a caller waits for memory who does not say it.
    """

    def __init__(
        self,
        monitor: Monitor,
        loader: Loader,
        *,
        models: Models,
        budget: Budget,
        clock: Clock,
        requested: Callable[[str], None],
        patience_s: float,
    ) -> None:
        self._monitor = monitor
        self._loader = loader
        self._models = models
        self._budget = budget
        self._clock = clock
        self._requested = requested
        self._patience_s = patience_s

    def acquire(
        self,
        settings: ModelSettings,
        name: str,
        cancel: Cancellation | None = None,
        timeout_s: float | None = None,
        *,
        may_evict: bool = True,
    ) -> Loaded:
        """A model with one lease of the caller's. Raises: as `ModelPool.lease`."""
        self._requested(name)
        patience_s = self._patience_s if timeout_s is None else timeout_s
        resolved: ResolvedModel | None = None
        while True:
            ticket: Ticket | None = None
            with self._monitor.use() as scheduler:
                now_s = self._clock.now_s()
                if scheduler.closed:
                    raise refusals.closed()
                model = scheduler.lend(name, now_s)
                if model is None:
                    ticket = scheduler.ask(
                        name,
                        settings,
                        resolved,
                        now_s,
                        deadline_s=now_s + patience_s,
                        may_evict=may_evict,
                    )
            if ticket is not None:
                return self._wait(ticket, cancel)
            if model is None:
                # A model that is not there costs its caller no thread and nobody the lock.
                resolved = self.resolved(name, cancel)
            elif model.engine.alive():
                return model
            else:
                self._loader.died(model)
                self._monitor.give_back(model)

    def resolved(self, name: str, cancel: Cancellation | None) -> ResolvedModel:
        """What to open. All that can be found wrong is found here, before anybody leaves.

        Raises: ModelUnavailable, ModelFileInvalid, ModelTooLarge, StorageError, Cancelled.
        """
        try:
            resolved = self._models(name)
            self._models.verify(resolved, cancel)
        except ModelError as error:
            with self._monitor.use() as scheduler:
                scheduler.last_errors[name] = str(error)
            raise
        self._budget.refresh()
        return resolved

    def _wait(self, ticket: Ticket, cancel: Cancellation | None) -> Loaded:
        """The outcome of a ticket; whoever does not wait to the end gives it up."""
        stop = cancel or Cancellation()
        try:
            with stop.on_cancel(self._monitor.wake):
                self._monitor.wait_until(lambda: ticket.done or stop.cancelled)
            if not ticket.done:
                stop.raise_if_cancelled()
            return ticket.outcome()
        except BaseException:
            with self._monitor.use() as scheduler:
                scheduler.give_up(ticket, self._clock.now_s())
            raise
