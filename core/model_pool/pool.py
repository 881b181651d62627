"""The model pool: leases on loaded models, inside one memory budget.

Owns leases, their ends and unloading; how a model gets in is in `loads`, who has to leave
in `plan`, and what a model is used for nobody here knows. All shared state lies in one
`Ledger` under one lock; its rules stand in `residents`.
"""

from __future__ import annotations

import difflib
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager

from core.cancellation import Cancellation
from core.clock import Clock, SystemClock
from core.engines.protocol import Engine, OpenEngine
from core.engines.table import check_available
from core.engines.table import open_engine as open_configured_engine
from core.errors import Cancelled, EngineCrashed, InvalidInput, ModelError, PoolBusy
from core.model_pool.closing import close_and_forget
from core.model_pool.decisions import EvictionRecord
from core.model_pool.handle import PooledEngine
from core.model_pool.loads import Loader
from core.model_pool.preload import Preload, startup_chains
from core.model_pool.residents import Ledger, Load, Loaded
from core.model_pool.resolve import ConfiguredModels, Resolve, ResolvedModel
from core.model_pool.status import PoolStatus, read_status
from core.model_pool.timers import UnloadTimers
from core.model_pool.ttl import configured_ttls_s
from core.settings.schema import ModelSettings, Settings
from core.storage.folder import DataFolder

logger = logging.getLogger(__name__)


class ModelPool:
    """Loads models on demand and never reserves more than runtime.models_budget_mb.

    Safe to use from many threads. A hit never waits; callers of one model share its load.

    Args:
        settings: what is configured; the pool never changes it.
        folder: where self-test models and the workers' logs lie.
        clock: time, for tests.
        open_engine: how an engine is opened; None is the table of engines.
        resolve: how a name becomes files and a reservation; None reads the real files.
    """

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        *,
        clock: Clock | None = None,
        open_engine: OpenEngine | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._clock = clock or SystemClock()
        self._ledger = Ledger()
        self._timers = UnloadTimers(self._ledger, self._clock, configured_ttls_s(settings))
        self._preload: Preload | None = None
        self._resolve = resolve or ConfiguredModels(settings, folder)
        self._loader = Loader(
            self._ledger,
            settings.runtime,
            open_engine=open_engine or open_configured_engine,
            clock=self._clock,
            release=self._release,
        )

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def folder(self) -> DataFolder:
        return self._folder

    @property
    def closed(self) -> bool:
        with self._ledger.changed:
            return self._ledger.closed

    @contextmanager
    def lease(self, name: str, *, cancel: Cancellation | None = None) -> Iterator[Engine]:
        """The engine of `name`, loaded if need be; it cannot be unloaded while inside.

        Waits up to runtime.admission_timeout_s for memory that others use. When the
        engine crashes inside, the next lease starts a new one.

        Raises:
            InvalidInput: no model has this name.
            ModelUnavailable, ModelFileInvalid, ModelTooLarge: nobody was evicted for it.
            PoolBusy: the memory it needs is in use; says by whom.
            Cancelled: on request, or because the pool was closed.
        """
        model = self._acquire(name, cancel)
        try:
            yield model.engine
        except EngineCrashed as error:
            if error.model == name:
                self._discard(model)
            raise
        finally:
            self._release(model)

    def get(self, name: str) -> PooledEngine:
        """The model as an `Engine` that takes a lease for each call; loads nothing yet.

        Raises: InvalidInput, when no model has this name.
        """
        self._configured(name)
        return PooledEngine(self, name)

    def schedule_unload(self, name: str, ttl: float) -> None:
        """Unload `name` when it has not been used for `ttl` seconds, from its last release.

        Holds for once, in place of the configured TTL, which counts by itself from every
        release: it is forgotten when the model is used again. While the model is in use it
        waits for the release; when the model is not loaded there is nothing to do.

        Raises: InvalidInput, for an unknown name, a ttl below 0, or a permanent model.
        """
        if self._configured(name).permanent:
            raise InvalidInput(
                f"{name} is permanent, so it cannot be scheduled to unload.",
                key=name,
                hint=f"Set models.{name}.permanent to false, or call unload to unload it now.",
            )
        if not (ttl >= 0 and math.isfinite(ttl)):
            raise InvalidInput(f"ttl is {ttl} seconds.", key="ttl", hint="Give 0 or more.")
        with self._ledger.changed:
            target = self._ledger.loaded.get(name) or self._ledger.loads.get(name)
            if isinstance(target, Loaded) and not target.leases:
                self._timers.appoint(target, ttl)
            elif target is not None:
                target.next_ttl_s = ttl

    def unload(self, name: str) -> bool:
        """Unload `name` now, permanent or not; False when it was not loaded.

        Raises: InvalidInput, when no model has this name; PoolBusy, when it is in use or
            loading: a running answer is never cut.
        """
        self._configured(name)
        with self._ledger.changed:
            model = self._ledger.loaded.get(name)
            if name in self._ledger.loads or (model is not None and model.leases):
                raise PoolBusy(
                    f"{name} is in use, so it was not unloaded.",
                    model=name,
                    hint="Try again when its answer is done, or schedule_unload it.",
                )
            if model is None:
                return False
            self._ledger.retire(model)
        close_and_forget(self._ledger, [model])
        return True

    def preload(self) -> None:
        """Begin to load every load_on_startup model in the background; once per pool.

        In the order of priority, each the first of its fallback chain that can be loaded.
        Only permanent models evict others for it.
        """
        with self._ledger.changed:
            if self._preload is None:
                self._preload = Preload(startup_chains(self._settings), self._load_at_startup)

    def wait_preloaded(self) -> tuple[str, ...]:
        """Wait until `preload` is done; the names it loaded, none if it was never called."""
        with self._ledger.changed:
            preload = self._preload
        return preload.wait() if preload else ()

    def status(self) -> PoolStatus:
        """Every configured model, what it holds and when it goes."""
        return read_status(
            self._ledger,
            [(name, model.permanent) for name, model in self._settings.models.items()],
            budget_mb=self._settings.runtime.models_budget_mb,
            now_s=self._clock.now_s(),
        )

    def decisions(self) -> tuple[EvictionRecord, ...]:
        """The last evictions, oldest first: who left for whom, and who else could have."""
        with self._ledger.changed:
            return tuple(self._ledger.decisions)

    def resolve(self, name: str) -> ResolvedModel:
        """What loading `name` would open and reserve; loads nothing.

        Raises: InvalidInput, ModelUnavailable, ModelFileInvalid, ModelTooLarge.
        """
        self._configured(name)
        return self._resolve(name)

    def check_available(self, name: str) -> None:
        """Whether `name` could be loaded now, memory aside; loads nothing.

        Raises: InvalidInput, ModelUnavailable, ModelFileInvalid, ModelTooLarge.
        """
        check_available(self.resolve(name).spec)

    def memory_mb(self, name: str) -> float | None:
        """What `name` takes now, MiB; None when it is not loaded or does not know."""
        with self._ledger.changed:
            model = self._ledger.loaded.get(name)
        return model.engine.memory_mb() if model else None

    def close(self) -> None:
        """Close every engine, in use or not, and end every load; safe to call twice.

        Returns when the last worker is gone. Whoever waits for a model gets `Cancelled`.
        """
        with self._ledger.changed:
            self._ledger.closed = True
            models = list(self._ledger.loaded.values())
            loads = list(self._ledger.loads.values())
            for model in models:
                self._ledger.retire(model)
            for load in loads:
                load.error = _closed()
                self._ledger.abandon(load)
        for load in loads:
            load.cancel.cancel()
        self._loader.wake()
        close_and_forget(self._ledger, models)
        with self._ledger.changed:
            self._ledger.changed.wait_for(lambda: self._ledger.empty)

    def _configured(self, name: str) -> ModelSettings:
        model = self._settings.models.get(name)
        if model is not None:
            return model
        nearest = difflib.get_close_matches(name, self._settings.models, n=1, cutoff=0.0)
        raise InvalidInput(
            f"No model is named {name!r}.",
            key=name,
            hint=f"Did you mean {nearest[0]}?" if nearest else "",
        )

    def _acquire(self, name: str, cancel: Cancellation | None, *, may_evict: bool = True) -> Loaded:
        """A model with one lease of the caller's."""
        settings = self._configured(name)
        resolved: ResolvedModel | None = None
        while True:
            load: Load | None = None
            with self._ledger.changed:
                if self._ledger.closed:
                    raise _closed()
                model = self._ledger.lend(name)
                if model is None:
                    load = self._loader.join(name, settings, resolved, may_evict=may_evict)
            if load is not None:
                return self._loader.wait(load, cancel)
            if model is None:
                # A model that is not there costs its caller no thread and nobody the lock.
                resolved = self._resolved(name)
            elif model.engine.alive():
                return model
            else:
                self._discard(model)
                self._release(model)

    def _resolved(self, name: str) -> ResolvedModel:
        try:
            return self._resolve(name)
        except ModelError as error:
            with self._ledger.changed:
                self._ledger.last_errors[name] = str(error)
            raise

    def _release(self, model: Loaded) -> None:
        with self._ledger.changed:
            model.leases -= 1
            model.last_used_s = self._clock.now_s()
            self._ledger.usage.count(model.name, model.last_used_s)
            if not model.leases and self._ledger.loaded.get(model.name) is model:
                self._timers.released(model)
            self._ledger.changed.notify_all()

    def _discard(self, model: Loaded) -> None:
        """A dead engine goes at once, whoever else still holds it: it answers nobody."""
        with self._ledger.changed:
            ours = self._ledger.retire(model)
        if ours:
            logger.warning("The worker of %s died.", model.name)
            close_and_forget(self._ledger, [model])

    def _load_at_startup(self, name: str) -> None:
        self._release(self._acquire(name, None, may_evict=False))


def _closed() -> Cancelled:
    return Cancelled("The model pool is closed.", hint="get_model_pool() opens a new one.")
