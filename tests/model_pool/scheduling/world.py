"""Everything around a scheduler, played by hand: callers, loads, engines and time.

`World` carries out no order by itself: whoever drives it decides when victims are gone, when
an engine opens or fails, and when time passes. After each input it checks what must hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from core.engines.protocol import Engine
from core.engines.spec import EngineSpec
from core.errors import Cancelled, EngineCrashed, ModelError, ModelFileInvalid, ModelTooLarge
from core.model_pool.memory.amount import KINDS, NOTHING, Amount, total
from core.model_pool.resolve import ResolvedModel
from core.model_pool.scheduling.decisions import EvictionRecord
from core.model_pool.scheduling.effects import Begin, Close, SetThreads, Stop, Tell
from core.model_pool.scheduling.events import PoolEvent
from core.model_pool.scheduling.idle import IdleRules, IdleTime
from core.model_pool.scheduling.queue import starves
from core.model_pool.scheduling.records import Load, Loaded, Ticket
from core.model_pool.scheduling.scheduler import Scheduler
from core.settings.models import ModelSettings
from tests.model_pool.memory.machines import AloneBudget

BUDGET_MB = 100
CORES = 4
DEVICE_BUDGET_MB = 60
NEEDS = {
    "pin": Amount(30, 10),
    "a": Amount(20),
    "b": Amount(30, 10),
    "c": Amount(50, 20),
    "d": Amount(45, 40),
    "g": Amount(5, 35),
    "huge": Amount(120, 20),
    "huge_gpu": Amount(20, 70),
}
HUGE = ("huge", "huge_gpu")
KEYS: dict[str, dict[str, object]] = {
    "pin": {"permanent": True},
    "b": {"priority": "high"},
    "c": {"priority": "low"},
}
IDLE_TIMES = {"a": IdleTime(10), "d": IdleTime(5, "pressure")}
SETTINGS = {
    name: ModelSettings.model_validate({"name": name, "gguf_file": "x", **KEYS.get(name, {})})
    for name in NEEDS
}

T = TypeVar("T")


def resolved(name: str) -> ResolvedModel:
    spec = EngineSpec(name, "llama", context_tokens=256, threads=1)
    need = NEEDS[name]
    return ResolvedModel(spec, need.system_mb, f"{need} weights", device_mb=need.device_mb)


def pick(items: Sequence[T], index: int) -> T | None:
    """Any of `items`; None when there is none."""
    return items[index % len(items)] if items else None


@dataclass(eq=False)
class Lease:
    """One of perhaps many on the same model."""

    model: Loaded


@dataclass
class World:
    """One scheduler and all that it has ordered and lent."""

    budget: AloneBudget = field(default_factory=lambda: AloneBudget(BUDGET_MB, DEVICE_BUDGET_MB))
    scheduler: Scheduler = field(init=False)
    now_s: float = 1000.0
    pressed: bool = False
    waiting: list[Ticket] = field(default_factory=list)
    held: list[Lease] = field(default_factory=list)
    begun: list[Begin] = field(default_factory=list)
    opening: list[Load] = field(default_factory=list)
    closing: list[Loaded] = field(default_factory=list)
    events: list[PoolEvent] = field(default_factory=list)
    dead: list[Loaded] = field(default_factory=list)
    hurdles: Hurdles | None = None

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(self.budget, IdleRules(IDLE_TIMES), cores=CORES)

    # What callers do.

    def ask(self, name: str, *, patience_s: float = 30.0, may_evict: bool = True) -> Ticket | None:
        """A lease at once (None), or a ticket that may be done already."""
        model = self.scheduler.lend(name, self.now_s)
        if model is not None:
            self.held.append(Lease(model))
            self.settle()
            return None
        ticket = self.scheduler.ask(
            name,
            SETTINGS[name],
            resolved(name),
            self.now_s,
            deadline_s=self.now_s + patience_s,
            may_evict=may_evict,
        )
        assert ticket is not None
        self.waiting.append(ticket)
        self.settle()
        return ticket

    def release(self, index: int = 0) -> None:
        if self.held:
            lease = self.held.pop(index % len(self.held))
            self.scheduler.give_back(lease.model, self.now_s)
            self.settle()

    def give_up(self, index: int = 0) -> None:
        ticket = pick(self.waiting, index)
        if ticket is not None:
            self.waiting.remove(ticket)
            self.scheduler.give_up(ticket, self.now_s)
            self.settle()

    def prefetch(self, name: str, likelihood: float) -> Load | None:
        load = self.scheduler.prefetch(
            name, SETTINGS[name], resolved(name), self.now_s, likelihood=likelihood
        )
        self.settle()
        return load

    def unload(self, name: str) -> None:
        try:
            self.scheduler.unload(name, self.now_s)
        except ModelError:
            held = {lease.model.name for lease in self.held}
            assert name in held or name in self.scheduler.table.loads
        self.hurdles = None
        self.settle()

    # What comes of orders, and what happens.

    def victims_gone(self, index: int = 0) -> None:
        begin = pick(self.begun, index)
        if begin is not None:
            self.begun.remove(begin)
            self.opening.append(begin.load)
            self.scheduler.room_made(begin.load, begin.victims, self.now_s)
            self.settle()

    def memory_taken(self, index: int = 0) -> None:
        """The victims of a load are gone, but another process was quicker."""
        begin = pick(self.begun, index)
        if begin is not None:
            self.begun.remove(begin)
            self.hurdles = None
            self.scheduler.refused(begin.load, begin.victims, self.now_s)
            self.settle()

    def opened(self, index: int = 0) -> None:
        load = pick(self.opening, index)
        if load is None:
            return
        self.opening.remove(load)
        wanted = self.scheduler.opened(load, cast(Engine, object()), self.now_s)
        if not wanted:
            self.scheduler.failed(load, Cancelled("Nobody wants it."), self.now_s)
        self.settle(arrived=load)

    def load_fails(self, index: int = 0, *, crash: bool) -> None:
        load = pick(self.opening, index)
        if load is None:
            return
        self.opening.remove(load)
        kind: type[ModelError] = EngineCrashed if crash else ModelFileInvalid
        self.scheduler.failed(load, kind("It failed.", model=load.name), self.now_s)
        self.settle()

    def engine_closed(self, index: int = 0) -> None:
        model = pick(self.closing, index)
        if model is not None:
            self.closing.remove(model)
            self.scheduler.engine_closed(model, self.now_s)
            self.settle()

    def dies(self, index: int = 0) -> None:
        model = pick(list(self.scheduler.table.loaded.values()), index)
        if model is not None:
            self.dead.append(model)
            self.hurdles = None
            self.scheduler.died(model, self.now_s)
            self.settle()

    def limit(self, limit: Amount) -> None:
        """Other programs take or give back memory."""
        self.budget.limit_mb, self.budget.device_limit_mb = limit.system_mb, limit.device_mb
        self.hurdles = None
        self.scheduler.tick(self.now_s, under_pressure=self.pressed)
        self.settle()

    def advance(self, seconds: float) -> None:
        """Let time pass, with a tick at each moment that the scheduler asks for."""
        end_s = self.now_s + seconds
        while True:
            at_s = self.scheduler.next_tick_s(self.now_s)
            if at_s is None or at_s > end_s:
                break
            self.now_s = max(self.now_s, at_s)
            self._tick()
        self.now_s = end_s
        self._tick()

    def carry_out(self) -> None:
        """All that is ordered now goes well."""
        for _ in range(len(self.begun)):
            self.victims_gone()
        for _ in range(len(self.opening)):
            self.opened()
        for _ in range(len(self.closing)):
            self.engine_closed()

    def finish(self) -> None:
        """Everybody lets go and all orders are carried out: then every request has ended."""
        self.budget.limit_mb, self.budget.device_limit_mb = BUDGET_MB, DEVICE_BUDGET_MB
        for _ in range(1000):
            orders = self.begun or self.opening or self.closing
            if not (self.waiting or self.held or orders or self.scheduler.table.loads):
                break
            self.victims_gone()
            self.opened()
            self.engine_closed()
            self.release()
            self.advance(1.0)
        assert not self.waiting, "a request never ended"
        assert not self.scheduler.table.loads
        assert not any(model.leases for model in self.scheduler.table.loaded.values())
        assert self.scheduler.table.reserved == total(
            model.reserved for model in self.scheduler.table.loaded.values()
        )

    def _tick(self) -> None:
        self.scheduler.tick(self.now_s, under_pressure=self.pressed)
        at_s = self.scheduler.next_tick_s(self.now_s)
        assert at_s is None or at_s > self.now_s, "a tick left something undone"
        self.settle()

    # What must hold.

    def settle(self, arrived: Load | None = None) -> None:
        """Take the orders, let callers see what came, and check."""
        effects, self.scheduler.effects[:] = list(self.scheduler.effects), []
        for effect in effects:
            match effect:
                case Begin(load, victims, decision):
                    self.begun.append(effect)
                    if self.hurdles is not None and load.number < self.hurdles.load.number:
                        self.hurdles.loads.append(load)  # it asked earlier, but had to pause
                    self._check_explained(victims, decision)
                    self._check_begin(load, victims)
                case Close(model):
                    assert model in self.dead or not self.leases_on(model), "cut a running answer"
                    self.closing.append(model)
                    if self.hurdles is not None:
                        self.hurdles.closing.append(model)
                case Stop(load):
                    assert not load.tickets
                case SetThreads(model, threads):
                    assert model.threads == threads >= 1
                case Tell(event):
                    self.events.append(event)
        granted = [ticket for ticket in self.waiting if ticket.done]
        for ticket in granted:
            self.waiting.remove(ticket)
            if ticket.model is not None:
                lease = Lease(ticket.model)
                self.held.append(lease)
                if self.hurdles is not None and ticket.load is arrived is not None:
                    self.hurdles.leases.append(lease)
        self.check()

    def leases_on(self, model: Loaded) -> int:
        return sum(lease.model is model for lease in self.held)

    def check(self) -> None:
        table = self.scheduler.table
        assert not table.reserved.beyond(Amount(BUDGET_MB, DEVICE_BUDGET_MB))
        for model in table.loaded.values():
            assert model.leases == self.leases_on(model)
        running = [model.threads for model in table.loaded.values() if model.leases]
        assert sum(running) <= max(CORES, len(running))
        self._check_nothing_left_to_do()
        self._check_reasons_to_wait()
        self._check_starvation()

    def _check_begin(self, load: Load, victims: Sequence[Loaded]) -> None:
        """It took only memory that was free, also when the limit has just sunk below."""
        lacking = self.scheduler.table.reserved.beyond(self.budget.allowance().limit)
        assert not any(load.reserved.of(kind) and lacking.of(kind) for kind in KINDS)
        for victim in victims:
            assert not self.leases_on(victim), "a leased model was evicted"
            assert not victim.settings.permanent

    def _check_explained(self, victims: Sequence[Loaded], decision: EvictionRecord | None) -> None:
        """Nobody leaves for a load without a reason that names him."""
        named = () if decision is None else tuple(each.name for each in decision.victims)
        assert named == tuple(victim.name for victim in victims)

    def _check_nothing_left_to_do(self) -> None:
        """No wake-up is lost: looking again finds nobody who could go on."""
        undone = [ticket.done for ticket in self.waiting]
        self.scheduler._advance(self.now_s)
        effects, self.scheduler.effects[:] = list(self.scheduler.effects), []
        more = [effect for effect in effects if not isinstance(effect, Tell)]  # reasons may change
        assert not more, f"could have gone on: {more}"
        assert undone == [ticket.done for ticket in self.waiting]

    def _check_reasons_to_wait(self) -> None:
        """Nobody waits for nothing, so there is no deadlock."""
        busy = self.held or self.begun or self.opening or self.closing
        for load in self._waiting_loads():
            assert load.lacking
            assert busy or not self._could_begin(load)

    def _could_begin(self, load: Load) -> bool:
        table = self.scheduler.table
        there: list[Loaded | Load] = [*table.loaded.values(), *table.loads.values()]
        others = (each for each in there if each is not load)
        pinned = total(_will_hold(each) for each in others if each.settings.permanent)
        room = self.budget.allowance().limit - pinned
        retry_at_s = self.scheduler.admission.begins_at_s(load)
        return not load.resolved.need.beyond(room) and self.now_s >= retry_at_s

    def _check_starvation(self) -> None:
        """Once the oldest starves, only what was there then can hold it up, however many come."""
        starving = [
            load
            for load in self._waiting_loads()
            if starves(load, self.now_s)
            and load.may_evict
            and self._could_begin(load)
            and load.name not in self.scheduler.table.loaded
        ]
        first = min(starving, key=lambda load: load.number, default=None)
        if first is None:
            self.hurdles = None
        elif self.hurdles is None or self.hurdles.load is not first:
            moving = [begin.load for begin in self.begun] + self.opening
            self.hurdles = Hurdles(first, list(self.held), moving, list(self.closing))
        else:
            assert self._hurdles_left(self.hurdles), f"{first.name} starves"

    def _hurdles_left(self, hurdles: Hurdles) -> bool:
        moving = [begin.load for begin in self.begun] + self.opening
        hurdles.leases = [lease for lease in hurdles.leases if lease in self.held]
        hurdles.loads = [load for load in hurdles.loads if load in moving]
        hurdles.closing = [model for model in hurdles.closing if model in self.closing]
        return bool(hurdles.leases or hurdles.loads or hurdles.closing)

    def _waiting_loads(self) -> list[Load]:
        loads = self.scheduler.table.loads.values()
        return [load for load in loads if load.phase == "waiting"]


@dataclass
class Hurdles:
    """What was there when `load` began to starve."""

    load: Load
    leases: list[Lease]
    loads: list[Load]
    closing: list[Loaded]


def _will_hold(each: Loaded | Load) -> Amount:
    """Memory that it holds, or is about to."""
    waits = isinstance(each, Load) and each.phase == "waiting"
    return NOTHING if waits else each.resolved.need


def refused(ticket: Ticket | None) -> bool:
    """Whether it ended because the model can never fit."""
    return ticket is not None and isinstance(ticket.error, ModelTooLarge)
