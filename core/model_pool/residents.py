"""Who holds how much memory: the pool's one mutable table, and the lock that guards it.

Owns the bookkeeping; does no input or output, starts nothing and never blocks.

The lock discipline of the whole package: there is one lock, `Ledger.changed`. Every read
or write of a `Ledger`, `Loaded` or `Load` happens while holding it. It is never held
while a header is read, an engine is opened, closed or asked, a cancellation is raised or
a caller's code runs: so a hit never waits for another model's load, and no callback can
deadlock. Whoever takes an engine out of `loaded` (`retire`) must close it without the
lock and then `forget` it; until then its memory stays reserved, so that the sum of
reservations is true at every moment. Every change that could let somebody go on is
followed by `changed.notify_all()`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.cancellation import Cancellation
from core.clock import Timer
from core.engines.protocol import Engine
from core.model_pool.decisions import EvictionRecord, ring
from core.model_pool.plan import Resident
from core.model_pool.usage import Usage
from core.settings.schema import ModelSettings


@dataclass(slots=True, eq=False)
class Expiry:
    """One appointment to unload; a new one is a new object, so an old timer knows it lost."""

    at_s: float
    timer: Timer | None = None


@dataclass(slots=True, eq=False)
class Loaded:
    """An engine that answers. `next_ttl_s` was asked for by `schedule_unload`, once."""

    name: str
    settings: ModelSettings
    engine: Engine
    reserved_mb: int
    load_s: float
    last_used_s: float
    leases: int = 0
    next_ttl_s: float | None = None
    expiry: Expiry | None = None


@dataclass(slots=True, eq=False)
class Load:
    """A load under way, shared by its `waiters`; at the end it has `loaded` or `error`.

    `waiting_for` says what memory it lacks; empty when it lacks none. A load that may not
    evict takes only memory that is free.
    """

    name: str
    settings: ModelSettings
    may_evict: bool = False
    waiters: int = 0
    reserved_mb: int = 0
    waiting_for: str = ""
    next_ttl_s: float | None = None
    cancel: Cancellation = field(default_factory=Cancellation)
    loaded: Loaded | None = None
    error: Exception | None = None


class Ledger:
    """All reservations. Hold `changed` around every use."""

    def __init__(self) -> None:
        # Re-entrant: a signal handler that cancels may interrupt the thread that holds it.
        self.changed = threading.Condition(threading.RLock())
        self.closed = False
        self.loaded: dict[str, Loaded] = {}
        self.loads: dict[str, Load] = {}
        self.last_errors: dict[str, str] = {}
        self.usage = Usage()
        self.decisions: deque[EvictionRecord] = ring()
        self._leaving: list[Loaded | Load] = []

    @property
    def reserved_mb(self) -> int:
        return sum(each.reserved_mb for each in (*self.loaded.values(), *self._moving()))

    @property
    def empty(self) -> bool:
        return not (self.loaded or self.loads or self._leaving)

    def residents(self, now_s: float) -> list[Resident]:
        """Everybody's reservation and what it is worth at `now_s`, as the plan wants it."""
        ready = [
            Resident(
                name=model.name,
                reserved_mb=model.reserved_mb,
                leases=model.leases,
                permanent=model.settings.permanent,
                priority=model.settings.priority,
                load_s=model.load_s,
                uses_per_s=self.usage.uses_per_s(model.name, now_s),
            )
            for model in self.loaded.values()
        ]
        moving = [Resident(each.name, each.reserved_mb, leases=1) for each in self._moving()]
        return ready + moving

    def _moving(self) -> Iterator[Loaded | Load]:
        yield from self.loads.values()
        yield from self._leaving

    def lend(self, name: str) -> Loaded | None:
        """The loaded model with one lease more, no longer due to go; None when absent."""
        model = self.loaded.get(name)
        if model is not None:
            self.cancel_expiry(model)
            model.leases += 1
        return model

    def retire(self, model: Loaded) -> bool:
        """Stop handing the engine out; False when somebody else retired it before.

        The caller has to close the engine and then to `forget` it.
        """
        if self.loaded.get(model.name) is not model:
            return False
        del self.loaded[model.name]
        self._leaving.append(model)
        self.cancel_expiry(model)
        return True

    def abandon(self, load: Load) -> None:
        """Let nobody join it any more; its thread will `forget` it."""
        if self.loads.get(load.name) is load:
            del self.loads[load.name]
            self._leaving.append(load)

    def forget(self, leavers: Iterable[Loaded | Load]) -> None:
        """Their memory is free again."""
        for leaver in leavers:
            if leaver in self._leaving:
                self._leaving.remove(leaver)
            elif isinstance(leaver, Load):
                del self.loads[leaver.name]

    def publish(self, load: Load, model: Loaded) -> None:
        """Turn the load's reservation into the model's, and each waiter into a lease."""
        del self.loads[load.name]
        self.loaded[model.name] = model
        self.last_errors.pop(model.name, None)
        model.leases, model.next_ttl_s = load.waiters, load.next_ttl_s
        load.loaded = model

    def cancel_expiry(self, model: Loaded) -> None:
        """Call the appointment off; a timer that fires all the same finds it gone."""
        if model.expiry is not None and model.expiry.timer is not None:
            model.expiry.timer.cancel()
        model.expiry = None
