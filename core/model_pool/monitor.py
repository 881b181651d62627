"""The one lock of the pool, and what follows from each use of the scheduler.

Owns mutual exclusion, the alarm for the next moment that matters, and carrying out orders;
decides nothing.

The lock discipline of the whole package: the scheduler is touched only inside `use`. The lock
is never held while a header is read, an engine is opened, closed or asked, a cancellation is
raised or a listener runs: so a hit never waits for another model's load, and no callback can
deadlock. Orders are carried out after the lock is given up, on the thread that caused them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.clock import Clock, Timer
from core.model_pool.scheduling.effects import Effect
from core.model_pool.scheduling.records import Loaded
from core.model_pool.scheduling.scheduler import Scheduler


class Monitor:
    """Guards one scheduler.

    Args:
        scheduler: used by nobody else.
        clock: time for the scheduler, and its alarm.
        perform: carries out one order; called without the lock, and must not raise.
        look: sees what the machine has and whether it is short of memory; called without the
            lock, when time has passed.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        clock: Clock,
        *,
        perform: Callable[[Effect], None],
        look: Callable[[], bool],
    ) -> None:
        self._scheduler = scheduler
        self._clock = clock
        self._perform = perform
        self._look = look
        # Re-entrant: a signal handler or a finalizer may interrupt the thread that holds it.
        self._changed = threading.Condition(threading.RLock())
        self._depth = 0
        self._returned: deque[Loaded] = deque()
        self._alarm: tuple[float, Timer] | None = None

    @contextmanager
    def use(self) -> Iterator[Scheduler]:
        """Exclusive use; whoever waits looks again afterwards, and orders are carried out."""
        effects: list[Effect] = []
        try:
            with self._changed:
                self._depth += 1
                try:
                    yield self._scheduler
                finally:
                    try:
                        if self._depth == 1:
                            self._settle(effects)
                    finally:
                        self._depth -= 1
        finally:
            for effect in effects:
                self._perform(effect)

    def give_back(self, model: Loaded) -> None:
        """End a lease. Safe in a finalizer that interrupts a use: that one then does it."""
        self._returned.append(model)
        with self.use():
            pass

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition`, looked at after every use, is true."""
        with self._changed:
            self._changed.wait_for(condition)

    def wake(self) -> None:
        """Let everybody who waits look again. Safe in a signal handler."""
        with self._changed:
            self._changed.notify_all()

    def _settle(self, effects: list[Effect]) -> None:
        """The end of a use: returned leases, orders, those who wait, the alarm. Lock held."""
        while self._returned:
            self._scheduler.give_back(self._returned.popleft(), self._clock.now_s())
        effects += self._scheduler.effects
        self._scheduler.effects.clear()
        self._changed.notify_all()
        self._set_alarm()  # last, for it starts a thread, which the system may refuse

    def _set_alarm(self) -> None:
        """Early is right, late is not: a later moment leaves the alarm as it is."""
        now_s = self._clock.now_s()
        at_s = None if self._scheduler.closed else self._scheduler.next_tick_s(now_s)
        if self._alarm is not None:
            if at_s is not None and self._alarm[0] <= at_s:
                return
            self._alarm[1].cancel()
            self._alarm = None
        if at_s is not None:
            timer = self._clock.call_later(max(0.0, at_s - now_s), self._ring)
            self._alarm = at_s, timer

    def _ring(self) -> None:
        pressed = self._look()
        with self.use() as scheduler:
            self._alarm = None
            scheduler.tick(self._clock.now_s(), under_pressure=pressed)
