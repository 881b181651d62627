"""Who holds a model, and what follows from it.

Owns the count of leases: a model that is taken up keeps no appointment to leave, one that is
given back by all gets one, and those in use share the processor. Decides nothing about memory.
"""

from __future__ import annotations

from collections.abc import Callable

from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.durations import Durations
from core.model_pool.scheduling.effects import Effect
from core.model_pool.scheduling.expectation import Expectation
from core.model_pool.scheduling.idle import IdleRules, call_off
from core.model_pool.scheduling.records import Load, Loaded
from core.model_pool.scheduling.table import Table
from core.model_pool.scheduling.thread_budget import shares


class Leases:
    """Counts them.

    Args:
        cores: threads that all models in use share.
        limit: what all models may take together now.
    """

    def __init__(
        self,
        table: Table,
        expectation: Expectation,
        durations: Durations,
        idle: IdleRules,
        *,
        cores: int,
        limit: Callable[[], Amount],
        order: Callable[[Effect], None],
    ) -> None:
        self._table = table
        self._expectation = expectation
        self._durations = durations
        self._idle = idle
        self._cores = cores
        self._limit = limit
        self._order = order

    def take(self, model: Loaded, now_s: float) -> None:
        """One more."""
        if not model.leases:
            model.in_use_since_s = now_s
        call_off(model)
        model.leases += 1

    def open(self, load: Load, model: Loaded, now_s: float) -> None:
        """The model is there: for those who wait for `load`, or for nobody yet."""
        self.grant(load, model, now_s)
        if not model.leases:
            self._idle.released(model)

    def grant(self, load: Load, model: Loaded, now_s: float) -> None:
        """One for each who waits for `load`."""
        for ticket in load.tickets:
            self.take(model, now_s)
            ticket.model = model
        load.tickets.clear()

    def end(self, model: Loaded, now_s: float) -> None:
        """One less; the model may have left meanwhile."""
        model.leases -= 1
        model.last_used_s = now_s
        self._expectation.used(model.resident(in_use=False), self._limit(), now_s)
        if not model.leases and self._table.still_here(model):
            self._durations.used(model.name, now_s - model.in_use_since_s)
            self._idle.released(model)

    def share_threads(self) -> None:
        """Tell the models in use what each may take of the processor now."""
        in_use = [model for model in self._table.loaded.values() if model.leases]
        for effect in shares(in_use, self._cores):
            self._order(effect)
