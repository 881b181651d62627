"""The model pool: leases on loaded models, inside one memory budget.

Owns the public face of the pool and how its parts are put together. Who gets memory and who
leaves is decided in `scheduling`, guarded by `monitor`, carried out by `loads` and waited for
in `callers`. What a model is used for nobody here knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from core.cancellation import Cancellation
from core.clock import Clock, SystemClock
from core.engines.protocol import Engine, OpenEngine
from core.engines.table import check_available
from core.engines.table import open_engine as open_configured_engine
from core.errors import EngineCrashed, SARAiError, StorageError
from core.model_pool.callers import Callers
from core.model_pool.eviction_log import EvictionLog
from core.model_pool.handle import PooledEngine
from core.model_pool.listeners import Listeners
from core.model_pool.loads import Loader
from core.model_pool.memory.devices import Devices
from core.model_pool.memory.interface import Budget
from core.model_pool.memory.machine import MachineMemory, this_machine
from core.model_pool.memory.pressure import PressureGauge
from core.model_pool.memory.shared_budget import SharedBudget
from core.model_pool.monitor import Monitor
from core.model_pool.prefetch import Prefetch
from core.model_pool.preload import Preload, startup_chains
from core.model_pool.request_checks import check_unload_schedule, configured
from core.model_pool.resolve import ConfiguredModels, Models, ResolvedModel
from core.model_pool.scheduling.decisions import EvictionRecord
from core.model_pool.scheduling.events import PoolEvent
from core.model_pool.scheduling.idle import IdleRules
from core.model_pool.scheduling.scheduler import Scheduler
from core.model_pool.scheduling.status import PoolStatus, read_status
from core.model_pool.trace import Trace
from core.model_pool.ttl import configured_idle_times
from core.settings.schema import Settings
from core.storage.database import Database
from core.storage.folder import DataFolder

logger = logging.getLogger(__name__)


class ModelPool:
    """Loads models on demand and never reserves more than runtime.models_budget_mb.

    Safe to use from many threads. A hit never waits for another model's load, except on a
    model that a load needs gone which has waited for 10 s. Callers of one model share its load.

    Args:
        settings: what is configured; the pool never changes it.
        folder: where models, states and the workers' logs lie.
        clock: time, for tests.
        open_engine: how an engine is opened; None is the table of engines.
        models: how a name becomes files and a reservation; None reads the real files.
        budget: what all models may take; None shares it with the rest of the machine.
        devices: the GPUs; None asks llama.cpp when a model first wants one.
        machine: whether it is short of memory is asked here; None is this machine.
        keep_eviction: told why somebody has to leave; None writes it to the database.
        trace: told what is asked for and what was loaded; None writes runtime.pool_trace.
    """

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        *,
        clock: Clock | None = None,
        open_engine: OpenEngine | None = None,
        models: Models | None = None,
        budget: Budget | None = None,
        devices: Devices | None = None,
        machine: MachineMemory | None = None,
        keep_eviction: Callable[[EvictionRecord], None] | None = None,
        trace: Trace | None = None,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._clock = clock or SystemClock()
        devices = devices or Devices()
        self._models = models or ConfiguredModels(settings, folder, self._clock, devices)
        self._machine = machine or this_machine()
        self._budget = budget or SharedBudget(
            settings, folder, machine=self._machine, devices=devices, clock=self._clock
        )
        self._gauge = PressureGauge(self._machine, self._clock)
        self._listeners = Listeners()
        self._trace = trace or Trace(settings.runtime.pool_trace)
        self._listeners.add(self._trace.heard)
        self._preload: Preload | None = None
        evictions = EvictionLog(cache(lambda: Database(folder.database)))
        self._loader = Loader(
            open_engine=open_engine or open_configured_engine,
            models=self._models,
            budget=self._budget,
            clock=self._clock,
            keep=keep_eviction or evictions.record,
            tell=self._listeners.tell,
        )
        self._monitor = self._loader.monitor = Monitor(
            Scheduler(
                self._budget,
                IdleRules(configured_idle_times(settings)),
                cores=settings.runtime.thread_count(),
            ),
            self._clock,
            perform=self._loader.perform,
            look=self._look,
        )
        self._callers = Callers(
            self._monitor,
            self._loader,
            models=self._models,
            budget=self._budget,
            clock=self._clock,
            requested=self._trace.requested,
            patience_s=settings.runtime.admission_timeout_s,
        )

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def folder(self) -> DataFolder:
        return self._folder

    @property
    def closed(self) -> bool:
        with self._monitor.use() as scheduler:
            return scheduler.closed

    @contextmanager
    def lease(
        self, name: str, *, cancel: Cancellation | None = None, timeout_s: float | None = None
    ) -> Iterator[Engine]:
        """The engine of `name`, loaded if need be; it cannot be unloaded while inside.

        Waits up to `timeout_s` (None: runtime.admission_timeout_s) for memory that others
        use. When the engine crashes inside, the next lease starts a new one.

        Raises:
            InvalidInput: no model has this name.
            ModelUnavailable, ModelFileInvalid, ModelTooLarge: nobody was evicted for it.
            ModelResting: it crashed several times in a row.
            PoolBusy: the memory it needs is in use; says by whom.
            Cancelled: on request, or because the pool was closed.
        """
        model = self._callers.acquire(configured(self._settings, name), name, cancel, timeout_s)
        try:
            yield model.engine
        except EngineCrashed as error:
            if error.model == name:
                self._loader.died(model)
            raise
        finally:
            self._monitor.give_back(model)

    def get(self, name: str) -> PooledEngine:
        """The model as an `Engine` that takes a lease for each call; loads nothing yet.

        Raises: InvalidInput, when no model has this name.
        """
        configured(self._settings, name)
        return PooledEngine(self, name)

    def schedule_unload(self, name: str, ttl: float) -> None:
        """Unload `name` when it has not been used for `ttl` seconds, from its last release.

        Holds for once, in place of the configured TTL, which counts by itself from every
        release: it is forgotten when the model is used again. While the model is in use it
        waits for the release; when the model is not loaded there is nothing to do.

        Raises: InvalidInput, for an unknown name, a ttl below 0, or a permanent model.
        """
        check_unload_schedule(name, configured(self._settings, name), ttl)
        with self._monitor.use() as scheduler:
            scheduler.schedule_unload(name, ttl)

    def unload(self, name: str) -> bool:
        """Unload `name` now, permanent or not; False when it was not loaded.

        Raises: InvalidInput, when no model has this name; PoolBusy, when it is in use or
            loading: a running answer is never cut.
        """
        configured(self._settings, name)
        with self._monitor.use() as scheduler:
            return scheduler.unload(name, self._clock.now_s())

    def preload(self) -> None:
        """Begin to load every load_on_startup model in the background; once per pool.

        In the order of priority, each the first of its fallback chain that can be loaded.
        Only permanent models evict others for it.
        """
        with self._monitor.use():
            if self._preload is None:
                self._preload = Preload(startup_chains(self._settings), self._load_at_startup)

    def wait_preloaded(self) -> tuple[str, ...]:
        """Wait until `preload` is done; the names it loaded, none if it was never called."""
        with self._monitor.use():
            preload = self._preload
        return preload.wait() if preload else ()

    def prefetch(self, name: str, likelihood: float = 1.0) -> Prefetch:
        """Begin to load `name`, which will be wanted with this likelihood (0 to 1).

        A hint: it disturbs nobody, evicts nobody that is in use or likelier to be used, gives
        way to everybody who waits, and never raises for a model that cannot be had.

        Raises: InvalidInput, when no model has this name.
        """
        settings = configured(self._settings, name)
        prefetch = Prefetch(self._monitor, self._clock)
        try:
            resolved = self._callers.resolved(name, None)
        except SARAiError:  # whoever really wants it will be told
            return prefetch
        prefetch.begin(name, settings, resolved, likelihood)
        return prefetch

    def listen(self, listener: Callable[[PoolEvent], None]) -> Callable[[], None]:
        """Tell `listener` what happens to models, on whatever thread it happens.

        Returns a function that ends it. A listener must be quick; one that raises is logged.
        """
        return self._listeners.add(listener)

    def status(self) -> PoolStatus:
        """Every configured model, what it holds and when it goes."""
        models = [(name, model.permanent) for name, model in self._settings.models.items()]
        with self._monitor.use() as scheduler:
            status = read_status(
                scheduler,
                models,
                budget_mb=self._settings.runtime.models_budget_mb,
                now_s=self._clock.now_s(),
            )
            engines = {name: each.engine for name, each in scheduler.table.loaded.items()}
        return status.with_memory(engines)

    def decisions(self) -> tuple[EvictionRecord, ...]:
        """The last evictions, oldest first: who left for whom, and who else could have."""
        with self._monitor.use() as scheduler:
            return tuple(scheduler.admission.decisions)

    def resolve(self, name: str) -> ResolvedModel:
        """What loading `name` would open and reserve; loads nothing.

        Raises: InvalidInput, ModelUnavailable, ModelFileInvalid, ModelTooLarge.
        """
        configured(self._settings, name)
        return self._models(name)

    def check_available(self, name: str) -> None:
        """Whether `name` could be loaded now, memory aside; loads nothing.

        Raises: InvalidInput, ModelUnavailable, ModelFileInvalid, ModelTooLarge.
        """
        check_available(self.resolve(name).spec)

    def memory_mb(self, name: str) -> float | None:
        """What `name` takes now, MiB; None when it is not loaded or does not know."""
        with self._monitor.use() as scheduler:
            model = scheduler.table.loaded.get(name)
        return model.engine.memory_mb() if model else None

    def close(self) -> None:
        """Close every engine, in use or not, and end every load; safe to call twice.

        Returns when the last worker is gone. Whoever waits for a model gets `Cancelled`.
        """
        with self._monitor.use() as scheduler:
            scheduler.close()
            table = scheduler.table
        self._monitor.wait_until(lambda: table.empty)
        self._budget.close()
        self._folder.forget_states()

    def _look(self) -> bool:
        """See what others hold now, and whether the machine is short of memory."""
        try:
            self._budget.refresh()
        except StorageError as error:
            logger.warning("What other processes hold could not be read. %s", error)
        return self._gauge.refresh()

    def _load_at_startup(self, name: str) -> None:
        model = self._callers.acquire(configured(self._settings, name), name, may_evict=False)
        self._monitor.give_back(model)
