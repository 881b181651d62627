"""What becomes of those who wait: they go on, are told what they lack, or have waited too long.

Owns the round that follows every change, and when time alone makes the next one due; who may
begin is decided in `admission`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.errors import ModelError
from core.model_pool.scheduling import refusals
from core.model_pool.scheduling.admission import Admission
from core.model_pool.scheduling.breaker import Breakers
from core.model_pool.scheduling.departures import Departures
from core.model_pool.scheduling.durations import Durations
from core.model_pool.scheduling.effects import Effect, Tell
from core.model_pool.scheduling.estimate import eta_s, position
from core.model_pool.scheduling.events import ModelWaits
from core.model_pool.scheduling.leases import Leases
from core.model_pool.scheduling.queue import in_order, starves_at_s
from core.model_pool.scheduling.records import Load
from core.model_pool.scheduling.table import Table

LOOK_AGAIN_S = 3.0
"""How often somebody who waits for other programs' memory looks for it."""


class Waiting:
    """Lets everybody go on who can; see the module."""

    def __init__(
        self,
        table: Table,
        admission: Admission,
        leases: Leases,
        departures: Departures,
        *,
        breakers: Breakers,
        durations: Durations,
        order: Callable[[Effect], None],
    ) -> None:
        self._table = table
        self._admission = admission
        self._leases = leases
        self._departures = departures
        self._breakers = breakers
        self._durations = durations
        self._order = order

    def advance(self, now_s: float) -> None:
        """Let everybody go on who can, until nobody can."""
        while True:
            self._admission.end_drain()
            self._grant_returned(now_s)
            passed = self._admission.admit_waiting(now_s)
            for load, error in passed.refused:
                self._table.forget([load])
                fail_all(load, error)
            self._grant_returned(now_s)
            if not (self._expire(now_s) or passed.begun):
                break
        self._leases.share_threads()
        self._tell_who_waits(now_s)

    def due_s(self, now_s: float) -> Iterator[float]:
        """The times at which something changes for somebody who waits."""
        for load in in_order(self._table.loads.values(), now_s):
            yield from (ticket.deadline_s for ticket in load.tickets)
            later = [self._admission.begins_at_s(load), starves_at_s(load)]
            if self._admission.limited_by_others(load):
                later.append(now_s + LOOK_AGAIN_S)
            yield from (at_s for at_s in later if at_s > now_s)

    def resting(self, name: str, now_s: float) -> ModelError:
        """The error for who asks for a model that may not be tried yet."""
        rest_s = self._breakers.retry_at_s(name) - now_s
        return refusals.resting(name, self._breakers.failures(name), rest_s)

    def _grant_returned(self, now_s: float) -> None:
        """A model that did not have to leave after all serves those who queued for it."""
        for load in in_order(self._table.loads.values(), now_s):
            model = self._table.loaded.get(load.name)
            if model is not None and not model.draining:
                self._table.forget([load])
                self._leases.grant(load, model, now_s)

    def _expire(self, now_s: float) -> bool:
        """Tell callers whose deadline has passed; whether there were any.

        Others may go on then: a load may have ended with its last caller, or starve no more.
        """
        expired = False
        for load in in_order(self._table.loads.values(), now_s):
            late = [ticket for ticket in load.tickets if now_s >= ticket.deadline_s]
            for ticket in late:
                load.tickets.remove(ticket)
                ticket.error = self._why_late(load, now_s)
            if late and not load.tickets and not load.background:
                self._departures.abandon(load)
            expired |= bool(late)
        return expired

    def _why_late(self, load: Load, now_s: float) -> ModelError:
        pauses = now_s < self._breakers.retry_at_s(load.name)
        return self.resting(load.name, now_s) if pauses else refusals.busy(load)

    def _tell_who_waits(self, now_s: float) -> None:
        for load in in_order(self._table.loads.values(), now_s):
            if load.told_lacking != load.lacking:
                load.told_lacking = load.lacking
                limit = self._admission.limit(load.name)
                waits = ModelWaits(
                    load.name,
                    position(load, self._table, now_s),
                    load.lacking,
                    eta_s(load, self._table, self._durations, limit, now_s),
                )
                self._order(Tell(waits))


def fail_all(load: Load, error: Exception) -> None:
    """All who wait for `load` raise `error`."""
    for ticket in load.tickets:
        ticket.error = error
    load.tickets.clear()
