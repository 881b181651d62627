"""The scheduler: what happened goes in, what is to be done comes out.

Owns the life of tickets and loads. What follows stands in `leases` (who holds a model), `waiting`
(who goes on) and `departures` (how one leaves); the rules in `plan` (who fits and who leaves),
`queue` (who is next), `idle` (whose time is over) and `breaker` (who may be tried again). It has
no thread, no lock and no clock: every input brings its own time, and after each one all orders
are in `effects`. So a test drives it through any history, and the pool, which calls it under one
lock, is left with carrying out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from core.engines.protocol import Engine
from core.errors import Cancelled, EngineCrashed, PoolBusy
from core.model_pool.memory.amount import NOTHING
from core.model_pool.resolve import ResolvedModel
from core.model_pool.scheduling import refusals
from core.model_pool.scheduling.admission import Admission, Room
from core.model_pool.scheduling.breaker import Breakers
from core.model_pool.scheduling.departures import Departures
from core.model_pool.scheduling.durations import Durations
from core.model_pool.scheduling.effects import Effect, Tell
from core.model_pool.scheduling.events import ModelFailed, ModelReady
from core.model_pool.scheduling.expectation import Expectation
from core.model_pool.scheduling.idle import IdleRules, appoint, leavers
from core.model_pool.scheduling.leases import Leases
from core.model_pool.scheduling.queue import in_order
from core.model_pool.scheduling.records import Load, Loaded, Ticket
from core.model_pool.scheduling.table import Table
from core.model_pool.scheduling.waiting import LOOK_AGAIN_S, Waiting, fail_all
from core.settings.models import ModelSettings


class Scheduler:
    """Leases on models inside one budget; see the module.

    Args:
        room: what the models may take together.
        idle: when those leave that nobody uses.
        cores: threads that all models in use share.
    """

    def __init__(self, room: Room, idle: IdleRules, *, cores: int) -> None:
        expectation = Expectation()
        self.table = Table(expectation)
        self.breakers = Breakers()
        self.durations = Durations()
        self.last_errors: dict[str, str] = {}
        self.closed = False
        self.effects: list[Effect] = []
        order = self.effects.append
        self._departures = Departures(self.table, order)
        self.left_because = self._departures.because
        self.admission = Admission(
            self.table,
            room,
            self.breakers,
            self.durations,
            expectation,
            leave=self._departures.leave,
            order=order,
        )
        self._leases = Leases(
            self.table,
            expectation,
            self.durations,
            idle,
            cores=cores,
            limit=self.admission.limit,
            order=order,
        )
        self._waiting = Waiting(
            self.table,
            self.admission,
            self._leases,
            self._departures,
            breakers=self.breakers,
            durations=self.durations,
            order=order,
        )
        self._numbers = count()

    # What callers ask for.

    def lend(self, name: str, now_s: float) -> Loaded | None:
        """A lease on the model if it is there for everybody; None when it has to be asked for."""
        model = self.table.loaded.get(name)
        if model is None or model.draining:
            return None
        self._leases.take(model, now_s)
        self._leases.share_threads()
        return model

    def ask(
        self,
        name: str,
        settings: ModelSettings,
        resolved: ResolvedModel | None,
        now_s: float,
        *,
        deadline_s: float,
        may_evict: bool = True,
    ) -> Ticket | None:
        """A place in the queue for `name`, which `lend` did not give; it may be done at once.

        When nobody has asked for it yet that takes a resolved model: None without one.
        """
        ticket = Ticket(name, deadline_s)
        if self.closed:
            ticket.error = refusals.closed()
        elif self.breakers.rests(name, now_s):
            ticket.error = self._waiting.resting(name, now_s)
        else:
            load = self.table.loads.get(name)
            if load is None:
                if resolved is None:
                    return None
                load = self._enter(name, settings, resolved, now_s)
            load.tickets.append(ticket)
            load.may_evict = load.may_evict or may_evict or settings.permanent
            load.speculative = False
            ticket.load = load
        self._advance(now_s)
        return ticket

    def give_up(self, ticket: Ticket, now_s: float) -> None:
        """The caller does not want it any more; a lease that came meanwhile goes back."""
        if ticket.model is not None:
            self.give_back(ticket.model, now_s)
            return
        load = ticket.load
        if load is not None and ticket in load.tickets:
            load.tickets.remove(ticket)
            if not load.tickets and not load.background:
                self._departures.abandon(load)
        self._advance(now_s)

    def give_back(self, model: Loaded, now_s: float) -> None:
        """One lease ended."""
        self._leases.end(model, now_s)
        if self.table.still_here(model):
            self.breakers.succeeded(model.name)
        self._advance(now_s)

    def prefetch(
        self,
        name: str,
        settings: ModelSettings,
        resolved: ResolvedModel,
        now_s: float,
        *,
        likelihood: float,
    ) -> Load | None:
        """Begin to load what will be wanted with this likelihood, if it disturbs nobody.

        It does not when somebody waits for memory, or when a model would have to leave that
        is in use or likelier to be used.
        """
        wanted = name in self.table.loaded or name in self.table.loads
        if self.closed or wanted or in_order(self.table.loads.values(), now_s):
            return None
        load = self._enter(name, settings, resolved, now_s)
        load.background = load.speculative = load.may_evict = True
        if not self.admission.try_speculative(load, now_s, likelihood=likelihood):
            self.table.forget([load])
            return None
        return load

    def call_off(self, load: Load, now_s: float) -> None:
        """A prefetch is not wanted after all; nothing happens when somebody else wants it."""
        if load.speculative and self.table.loads.get(load.name) is load:
            self._departures.abandon(load)
            self._advance(now_s)

    def schedule_unload(self, name: str, ttl_s: float) -> None:
        """Unload it when it has not been used for `ttl_s`; forgotten at the next use."""
        model = self.table.loaded.get(name)
        if model is not None and not model.leases:
            appoint(model, ttl_s)
            return
        target = model or self.table.loads.get(name)
        if target is not None:
            target.next_ttl_s = ttl_s

    def unload(self, name: str, now_s: float) -> bool:
        """Let it go now, permanent or not; False when it was not loaded.

        Raises: PoolBusy, when it is in use or loading.
        """
        model = self.table.loaded.get(name)
        load = self.table.loads.get(name)
        if (load is not None and load.tickets) or (model is not None and model.leases):
            raise refusals.in_use(name)
        if load is not None:
            self._departures.abandon(load)
        if model is not None:
            self._departures.dismiss(model, "unloaded on request")
        self._advance(now_s)
        return model is not None

    def close(self) -> None:
        """Everybody goes and everybody who waits is told; leases end as their holders do."""
        self.closed = True
        for load in list(self.table.loads.values()):
            fail_all(load, refusals.closed())
            self._departures.abandon(load)
        for model in list(self.table.loaded.values()):
            self._departures.dismiss(model, "the pool was closed")

    # What came of the orders, and what happens by itself.

    def room_made(self, load: Load, victims: Sequence[Loaded], now_s: float) -> None:
        """The victims of a load are gone; it opens now."""
        self.table.forget(victims)
        load.reserved = load.resolved.need
        load.phase, load.phase_since_s = "opening", now_s
        self._advance(now_s)

    def refused(self, load: Load, victims: Sequence[Loaded], now_s: float) -> None:
        """The victims are gone, but another program took the memory: it waits again."""
        self.table.forget(victims)
        load.reserved = NOTHING
        load.phase, load.phase_since_s = "waiting", now_s
        load.not_before_s = now_s + LOOK_AGAIN_S
        load.lacking = "found its memory taken by another program"
        if self.table.loads.get(load.name) is not load:  # nobody wants it any more
            self.table.forget([load])
        self._advance(now_s)

    def opened(self, load: Load, engine: Engine, now_s: float) -> Loaded | None:
        """The model is there. None when nobody wants it any more: close it, then `failed`."""
        if self.table.loads.get(load.name) is not load:
            return None
        del self.table.loads[load.name]
        load_s = now_s - load.phase_since_s
        self.durations.loaded(load.name, load.resolved.need.whole_mb, load_s)
        model = self.table.loaded[load.name] = Loaded.by(load, engine, load_s, now_s)
        self.last_errors.pop(load.name, None)
        self._leases.open(load, model, now_s)
        self.effects.append(Tell(ModelReady(load.name, load_s, model.reserved.system_mb)))
        self._advance(now_s)
        return model

    def failed(self, load: Load, error: Exception, now_s: float) -> None:
        """The load ended without a model; all who wait for it raise `error`."""
        self.table.forget([load])
        if isinstance(error, EngineCrashed):
            self.breakers.failed(load.name, now_s)
        if not isinstance(error, Cancelled | PoolBusy):
            self.last_errors[load.name] = str(error)
            self.effects.append(Tell(ModelFailed(load.name, str(error))))
        fail_all(load, error)
        if isinstance(error, EngineCrashed):
            self._restart_permanent(load, now_s)
        self._advance(now_s)

    def died(self, model: Loaded, now_s: float) -> None:
        """Its worker is gone, whoever still holds it; the first to notice brings it here."""
        if not self._departures.bury(model):
            return
        self.breakers.failed(model.name, now_s)
        self.last_errors[model.name] = f"The worker of {model.name} died."
        self._restart_permanent(model, now_s)
        self._advance(now_s)

    def engine_closed(self, model: Loaded, now_s: float) -> None:
        """The engine is gone and its memory free."""
        self.table.forget([model])
        self._advance(now_s)

    def tick(self, now_s: float, *, under_pressure: bool = False) -> None:
        """Time has passed: appointments, deadlines and pauses may be over."""
        idle = (model for model in list(self.table.loaded.values()) if not model.leases)
        for model in leavers(idle, now_s, under_pressure=under_pressure):
            self._departures.dismiss(model, "unused for its time")
        self._advance(now_s)

    def next_tick_s(self, now_s: float) -> float | None:
        """When `tick` is needed next; None when only events can change anything."""
        times = [
            model.leaves_at_s
            for model in self.table.loaded.values()
            if model.leaves_at_s is not None and not model.leases
        ]
        return min((*times, *self._waiting.due_s(now_s)), default=None)

    # Inside.

    def _advance(self, now_s: float) -> None:
        if not self.closed:
            self._waiting.advance(now_s)

    def _enter(
        self, name: str, settings: ModelSettings, resolved: ResolvedModel, now_s: float
    ) -> Load:
        load = Load(next(self._numbers), name, settings, resolved, now_s, phase_since_s=now_s)
        self.table.loads[name] = load
        return load

    def _restart_permanent(self, gone: Load | Loaded, now_s: float) -> None:
        """A permanent model comes back by itself, in the pace that its breaker allows."""
        if gone.settings.permanent and not self.closed and gone.name not in self.table.loads:
            load = self._enter(gone.name, gone.settings, gone.resolved, now_s)
            load.background = load.may_evict = True
