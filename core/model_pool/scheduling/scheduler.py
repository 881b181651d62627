"""The scheduler: what happened goes in, what is to be done comes out.

Owns the life of leases, tickets and loads; the rules themselves stand in `plan` (who fits and
who leaves), `queue` (who is next), `idle` (whose time is over) and `breaker` (who may be tried
again). It has no thread, no lock and no clock: every input brings its own time, and after each
one all orders are in `effects`. So a test drives it through any history, and the pool, which
calls it under one lock, is left with carrying out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from core.engines.protocol import Engine
from core.errors import Cancelled, EngineCrashed, ModelError, PoolBusy
from core.model_pool.memory.amount import NOTHING
from core.model_pool.resolve import ResolvedModel
from core.model_pool.scheduling import refusals
from core.model_pool.scheduling.admission import Admission, Room
from core.model_pool.scheduling.breaker import Breakers
from core.model_pool.scheduling.durations import Durations
from core.model_pool.scheduling.effects import Close, Effect, Stop, Tell
from core.model_pool.scheduling.estimate import eta_s, position
from core.model_pool.scheduling.events import ModelFailed, ModelLeft, ModelReady, ModelWaits
from core.model_pool.scheduling.idle import IdleRules, appoint, call_off, leavers
from core.model_pool.scheduling.queue import in_order, starves_at_s
from core.model_pool.scheduling.records import Load, Loaded, Ticket
from core.model_pool.scheduling.table import Table
from core.model_pool.scheduling.thread_budget import shares
from core.model_pool.scheduling.usage import Usage
from core.settings.schema import ModelSettings

LOOK_AGAIN_S = 3.0
"""How often somebody who waits for other programs' memory looks for it."""


class Scheduler:
    """Leases on models inside one budget; see the module.

    Args:
        room: what the models may take together.
        idle: when those leave that nobody uses.
        cores: threads that all models in use share.
    """

    def __init__(self, room: Room, idle: IdleRules, *, cores: int) -> None:
        self.usage = Usage()
        self.table = Table(self.usage)
        self.breakers = Breakers()
        self.durations = Durations()
        self.last_errors: dict[str, str] = {}
        self.left_because: dict[str, str] = {}
        self.closed = False
        self.effects: list[Effect] = []
        self.admission = Admission(
            self.table,
            room,
            self.breakers,
            self.durations,
            self.usage,
            leave=self._leave,
            order=self.effects.append,
        )
        self._idle = idle
        self._cores = cores
        self._numbers = count()

    # What callers ask for.

    def lend(self, name: str, now_s: float) -> Loaded | None:
        """A lease on the model if it is there for everybody; None when it has to be asked for."""
        model = self.table.loaded.get(name)
        if model is None or model.draining:
            return None
        self._lease(model, now_s)
        self._share_threads()
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
            ticket.error = self._resting(name, now_s)
        else:
            load = self.table.loads.get(name)
            if load is None and resolved is None:
                return None
            if load is None:
                assert resolved is not None  # noqa: S101  # or it was left above
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
                self._abandon(load)
        self._advance(now_s)

    def give_back(self, model: Loaded, now_s: float) -> None:
        """One lease ended."""
        model.leases -= 1
        model.last_used_s = now_s
        self.usage.count(model.name, now_s)
        if self.table.still_here(model):
            self.breakers.succeeded(model.name)
            self._idle_again(model, now_s)
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
            self._abandon(load)
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
            self._abandon(load)
        if model is not None:
            self._dismiss(model, "unloaded on request")
        self._advance(now_s)
        return model is not None

    def close(self) -> None:
        """Everybody goes and everybody who waits is told; leases end as their holders do."""
        self.closed = True
        for load in list(self.table.loads.values()):
            self._fail_tickets(load, refusals.closed())
            self._abandon(load)
        for model in list(self.table.loaded.values()):
            self._dismiss(model, "the pool was closed")

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
        model = Loaded(
            name=load.name,
            settings=load.settings,
            resolved=load.resolved,
            engine=engine,
            reserved=load.reserved,
            reservation=load.reservation,
            load_s=load_s,
            last_used_s=now_s,
            threads=load.resolved.spec.threads,
            next_ttl_s=load.next_ttl_s,
        )
        self.table.loaded[load.name] = model
        self.last_errors.pop(load.name, None)
        self._grant(load, model, now_s)
        if not model.leases:
            self._idle.released(model)
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
        self._fail_tickets(load, error)
        if isinstance(error, EngineCrashed):
            self._restart_permanent(load.name, load.settings, load.resolved, now_s)
        self._advance(now_s)

    def died(self, model: Loaded, now_s: float) -> None:
        """Its worker is gone, whoever still holds it; the first to notice brings it here."""
        if not self.table.leaves(model):
            return
        call_off(model)
        self.breakers.failed(model.name, now_s)
        self.last_errors[model.name] = f"The worker of {model.name} died."
        self.effects += [Close(model), Tell(ModelFailed(model.name, "its worker died"))]
        self._restart_permanent(model.name, model.settings, model.resolved, now_s)
        self._advance(now_s)

    def engine_closed(self, model: Loaded, now_s: float) -> None:
        """The engine is gone and its memory free."""
        self.table.forget([model])
        self._advance(now_s)

    def tick(self, now_s: float, *, under_pressure: bool = False) -> None:
        """Time has passed: appointments, deadlines and pauses may be over."""
        idle = (model for model in list(self.table.loaded.values()) if not model.leases)
        for model in leavers(idle, now_s, under_pressure=under_pressure):
            self._dismiss(model, "unused for its time")
        self._advance(now_s)

    def next_tick_s(self, now_s: float) -> float | None:
        """When `tick` is needed next; None when only events can change anything."""
        times = [
            model.leaves_at_s
            for model in self.table.loaded.values()
            if model.leaves_at_s is not None and not model.leases
        ]
        for load in in_order(self.table.loads.values(), now_s):
            times += [ticket.deadline_s for ticket in load.tickets]
            later = [self.admission.begins_at_s(load), starves_at_s(load)]
            if self.admission.limited_by_others(load):
                later.append(now_s + LOOK_AGAIN_S)
            times += [at_s for at_s in later if at_s > now_s]
        return min(times, default=None)

    # Inside.

    def _advance(self, now_s: float) -> None:
        """Let everybody go on who can, until nobody can."""
        if self.closed:
            return
        while True:
            self.admission.end_drain()
            self._grant_returned(now_s)
            passed = self.admission.admit_waiting(now_s)
            for load, error in passed.refused:
                self.table.forget([load])
                self._fail_tickets(load, error)
            self._grant_returned(now_s)
            if not (self._expire(now_s) or passed.begun):
                break
        self._share_threads()
        self._tell_who_waits(now_s)

    def _grant_returned(self, now_s: float) -> None:
        """A model that did not have to leave after all serves those who queued for it."""
        for load in in_order(self.table.loads.values(), now_s):
            model = self.table.loaded.get(load.name)
            if model is not None and not model.draining:
                self.table.forget([load])
                self._grant(load, model, now_s)

    def _expire(self, now_s: float) -> bool:
        """Tell callers whose deadline has passed; whether there were any.

        Others may go on then: a load may have ended with its last caller, or starve no more.
        """
        expired = False
        for load in in_order(self.table.loads.values(), now_s):
            late = [ticket for ticket in load.tickets if now_s >= ticket.deadline_s]
            for ticket in late:
                load.tickets.remove(ticket)
                ticket.error = self._why_late(load, now_s)
            if late and not load.tickets and not load.background:
                self._abandon(load)
            expired |= bool(late)
        return expired

    def _why_late(self, load: Load, now_s: float) -> ModelError:
        pauses = now_s < self.breakers.retry_at_s(load.name)
        return self._resting(load.name, now_s) if pauses else refusals.busy(load)

    def _resting(self, name: str, now_s: float) -> ModelError:
        rest_s = self.breakers.retry_at_s(name) - now_s
        return refusals.resting(name, self.breakers.failures(name), rest_s)

    def _enter(
        self, name: str, settings: ModelSettings, resolved: ResolvedModel, now_s: float
    ) -> Load:
        load = Load(next(self._numbers), name, settings, resolved, now_s, phase_since_s=now_s)
        self.table.loads[name] = load
        return load

    def _restart_permanent(
        self, name: str, settings: ModelSettings, resolved: ResolvedModel, now_s: float
    ) -> None:
        """A permanent model comes back by itself, in the pace that its breaker allows."""
        if settings.permanent and not self.closed and name not in self.table.loads:
            load = self._enter(name, settings, resolved, now_s)
            load.background = load.may_evict = True

    def _lease(self, model: Loaded, now_s: float) -> Loaded:
        if not model.leases:
            model.in_use_since_s = now_s
        call_off(model)
        model.leases += 1
        return model

    def _idle_again(self, model: Loaded, now_s: float) -> None:
        if not model.leases:
            self.durations.used(model.name, now_s - model.in_use_since_s)
            self._idle.released(model)

    def _grant(self, load: Load, model: Loaded, now_s: float) -> None:
        for ticket in load.tickets:
            ticket.model = self._lease(model, now_s)
        load.tickets.clear()

    def _fail_tickets(self, load: Load, error: Exception) -> None:
        for ticket in load.tickets:
            ticket.error = error
        load.tickets.clear()

    def _share_threads(self) -> None:
        in_use = [model for model in self.table.loaded.values() if model.leases]
        self.effects += shares(in_use, self._cores)

    def _abandon(self, load: Load) -> None:
        if load.phase == "waiting":
            self.table.forget([load])
        elif self.table.leaves(load):
            self.effects.append(Stop(load))

    def _dismiss(self, model: Loaded, reason: str) -> None:
        if self._leave(model, reason):
            self.effects.append(Close(model))

    def _leave(self, model: Loaded, reason: str) -> bool:
        """It goes, and nobody gets it any more; its engine is still to be closed."""
        left = self.table.leaves(model)
        if left:
            call_off(model)
            self.left_because[model.name] = reason
            self.effects.append(Tell(ModelLeft(model.name, reason)))
        return left

    def _tell_who_waits(self, now_s: float) -> None:
        for load in in_order(self.table.loads.values(), now_s):
            if load.told_lacking != load.lacking:
                load.told_lacking = load.lacking
                limit = self.admission.limit(load.name)
                waits = ModelWaits(
                    load.name,
                    position(load, self.table, now_s),
                    load.lacking,
                    eta_s(load, self.table, self.durations, limit, now_s),
                )
                self.effects.append(Tell(waits))
