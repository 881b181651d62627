"""Loading: one load per model however many ask, admitted before it begins.

Owns single flight, the wait for memory and the eviction that ends it; knows nothing of
what happens to a model once it is loaded. Each load runs on a thread of its own, so that
a caller who gives up leaves the others their load; the last to give up cancels it.
The order of a load: resolve (nobody has left yet), reserve, evict, open, publish.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack

from core.cancellation import Cancellation
from core.clock import Clock
from core.engines.protocol import OpenEngine
from core.errors import Cancelled, ModelTooLarge, PoolBusy
from core.model_pool.closing import close_engines
from core.model_pool.decisions import record
from core.model_pool.plan import Never, Wait, plan_admission
from core.model_pool.residents import Ledger, Load, Loaded
from core.model_pool.resolve import ResolvedModel
from core.settings.schema import ModelSettings, RuntimeSettings

logger = logging.getLogger(__name__)


class Loader:
    """Starts loads and waits for them. `release` takes back a lease nobody came to fetch."""

    def __init__(
        self,
        ledger: Ledger,
        runtime: RuntimeSettings,
        *,
        open_engine: OpenEngine,
        clock: Clock,
        release: Callable[[Loaded], None],
    ) -> None:
        self._ledger = ledger
        self._runtime = runtime
        self._open_engine = open_engine
        self._clock = clock
        self._release = release

    def join(
        self, name: str, settings: ModelSettings, resolved: ResolvedModel | None, *, may_evict: bool
    ) -> Load | None:
        """The load of `name` with one waiter more. Lock held.

        When there is none it is begun; that takes a resolved model, and without one there
        is nothing to join yet.
        """
        load = self._ledger.loads.get(name)
        if load is None:
            if resolved is None:
                return None
            load = Load(name, settings)
            threading.Thread(
                target=self._run, args=(load, resolved), name=f"load {name}", daemon=True
            ).start()
            self._ledger.loads[name] = load  # after the start, which may fail
        load.waiters += 1
        load.may_evict = load.may_evict or may_evict or settings.permanent
        return load

    def wait(self, load: Load, cancel: Cancellation | None) -> Loaded:
        """The loaded model, with one lease for this caller, who has joined before.

        Raises: PoolBusy, Cancelled, and whatever made the load fail.
        """
        deadline_s = self._clock.now_s() + self._runtime.admission_timeout_s
        try:
            with ExitStack() as stack:
                timer = self._clock.call_later(self._runtime.admission_timeout_s, self.wake)
                stack.callback(timer.cancel)
                if cancel is not None:
                    stack.enter_context(cancel.on_cancel(self.wake))
                return self._outcome(load, deadline_s, cancel)
        except BaseException:
            self._leave(load)
            raise

    def wake(self) -> None:
        """Make everyone who waits look again."""
        with self._ledger.changed:
            self._ledger.changed.notify_all()

    def _outcome(self, load: Load, deadline_s: float, cancel: Cancellation | None) -> Loaded:
        with self._ledger.changed:
            while load.loaded is None:
                if load.error is not None:
                    raise load.error
                if cancel is not None:
                    cancel.raise_if_cancelled()
                if load.waiting_for and self._clock.now_s() >= deadline_s:
                    raise _busy(load)
                self._ledger.changed.wait()
            return load.loaded

    def _leave(self, load: Load) -> None:
        """One caller gives up; with the last of them the load itself ends."""
        with self._ledger.changed:
            arrived, failed = load.loaded, load.error is not None
            load.waiters -= 1
            last = not load.waiters and not failed and arrived is None
            if last:
                self._ledger.abandon(load)
        if arrived is not None:
            self._release(arrived)
        if last:
            load.cancel.cancel()
            self.wake()

    def _run(self, load: Load, resolved: ResolvedModel) -> None:
        try:
            self._admit(load, resolved)
            model = self._open(load, resolved)
        except Exception as error:  # noqa: BLE001  # every waiter raises it
            self._fail(load, error)
        else:
            self._publish(load, model)

    def _admit(self, load: Load, resolved: ResolvedModel) -> None:
        """Wait until the reservation fits, make it, and evict whoever has to go for it."""
        with self._ledger.changed:
            while (victims := self._victims(load, resolved)) is None:
                self._ledger.changed.wait()
            freed_mb = sum(victim.reserved_mb for victim in victims)
            # What is free is taken at once; the victims' share when they are really gone.
            load.reserved_mb = max(0, resolved.need_mb - freed_mb)
            load.waiting_for = ""
            for victim in victims:
                self._ledger.retire(victim)
        close_engines(victims)
        with self._ledger.changed:
            self._ledger.forget(victims)
            load.reserved_mb = resolved.need_mb
            self._ledger.changed.notify_all()

    def _victims(self, load: Load, resolved: ResolvedModel) -> list[Loaded] | None:
        """Who leaves for it; None: it has to wait. Lock held."""
        load.cancel.raise_if_cancelled()
        budget_mb = self._runtime.models_budget_mb
        now_s = self._clock.now_s()
        residents = self._ledger.residents(now_s)
        need_mb = resolved.need_mb
        decision = plan_admission(need_mb, residents, budget_mb)
        if isinstance(decision, Never):
            raise _too_large(resolved, decision)
        if isinstance(decision, Wait):
            self._announce_wait(load, decision)
            return None
        if decision.victims and not load.may_evict:
            load.waiting_for = f"needs {need_mb} MiB and may not evict anybody for it"
            raise _busy(load)
        if decision.victims:
            eviction = record(
                load.name, need_mb, decision, residents, budget_mb=budget_mb, now_s=now_s
            )
            self._ledger.decisions.append(eviction)
            logger.info("%s", eviction.reason)
        return [self._ledger.loaded[name] for name in decision.victims]

    def _announce_wait(self, load: Load, decision: Wait) -> None:
        """Callers look at their deadline only once a load says that it lacks memory."""
        if not load.waiting_for:
            self._ledger.changed.notify_all()
        load.waiting_for = decision.reason

    def _open(self, load: Load, resolved: ResolvedModel) -> Loaded:
        started_s = self._clock.now_s()
        engine = self._open_engine(resolved.spec, cancel=load.cancel)
        now_s = self._clock.now_s()
        return Loaded(
            name=load.name,
            settings=load.settings,
            engine=engine,
            reserved_mb=resolved.need_mb,
            load_s=now_s - started_s,
            last_used_s=now_s,
        )

    def _publish(self, load: Load, model: Loaded) -> None:
        with self._ledger.changed:
            wanted = self._ledger.loads.get(load.name) is load
            if wanted:
                self._ledger.publish(load, model)
                self._ledger.changed.notify_all()
        if not wanted:
            close_engines([model])
            self._fail(load, Cancelled(f"Nobody waits for {load.name} any more."))

    def _fail(self, load: Load, error: Exception) -> None:
        with self._ledger.changed:
            load.error = load.error or error
            if not isinstance(error, Cancelled | PoolBusy):
                self._ledger.last_errors[load.name] = str(error)
            self._ledger.forget([load])
            self._ledger.changed.notify_all()


def _busy(load: Load) -> PoolBusy:
    return PoolBusy(
        f"{load.name} {load.waiting_for}.",
        model=load.name,
        hint="Try again when one of them is done, or raise runtime.budget_mb.",
    )


def _too_large(resolved: ResolvedModel, decision: Never) -> ModelTooLarge:
    name = resolved.spec.model
    return ModelTooLarge(
        f"{name} {decision.reason}: {resolved.arithmetic}.",
        model=name,
        hint=f"Lower models.{name}.context_length, choose a smaller file, make fewer models "
        "permanent, or raise runtime.budget_mb.",
    )
