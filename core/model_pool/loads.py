"""Carrying out what the scheduler orders: engines are opened and closed here.

Owns the threads of loads and the one way to close; decides nothing. Each load runs on a
thread of its own, so that a caller who gives up leaves the others their load.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial

from core.clock import Clock
from core.engines.protocol import Engine, OpenEngine
from core.errors import Cancelled, ModelFileInvalid, StorageError
from core.model_pool.memory.interface import Budget
from core.model_pool.memory.shared_ledger import Refused
from core.model_pool.monitor import Monitor
from core.model_pool.resolve import Models
from core.model_pool.scheduling.decisions import EvictionRecord
from core.model_pool.scheduling.effects import Begin, Close, Effect, SetThreads, Stop, Tell
from core.model_pool.scheduling.events import ModelLoading, PoolEvent
from core.model_pool.scheduling.records import Load, Loaded

logger = logging.getLogger(__name__)

PROGRESS_STEP = 0.05


class Loader:
    """Performs effects for `monitor`.

    Args:
        open_engine: how an engine is opened.
        models: told what was learned of files and of memory.
        budget: where memory is reserved among all processes.
        clock: time.
        keep: remembers why somebody had to leave; it must not raise.
        tell: passes events on; it must not raise.
    """

    def __init__(
        self,
        *,
        open_engine: OpenEngine,
        models: Models,
        budget: Budget,
        clock: Clock,
        keep: Callable[[EvictionRecord], None],
        tell: Callable[[PoolEvent], None],
    ) -> None:
        self._open_engine = open_engine
        self._models = models
        self._budget = budget
        self._clock = clock
        self._keep = keep
        self._tell = tell
        self.monitor: Monitor  # set by whoever makes both

    def perform(self, effect: Effect) -> None:
        match effect:
            case Begin():
                self._begin(effect)
            case Close(model):
                self._close([model])
                self._give_back([model])
                with self.monitor.use() as scheduler:
                    scheduler.engine_closed(model, self._clock.now_s())
            case Stop(load):
                load.cancel.cancel()
            case SetThreads(model, threads):
                model.engine.set_threads(threads)
            case Tell(event):
                self._tell(event)

    def _begin(self, begin: Begin) -> None:
        load, victims = begin.load, begin.victims
        thread = threading.Thread(
            target=self._run, args=(begin,), name=f"load {load.name}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system gives us no more threads
            self._dismiss(begin)
            self._give_back(victims)
            with self.monitor.use() as scheduler:
                scheduler.room_made(load, victims, self._clock.now_s())
                scheduler.failed(load, error, self._clock.now_s())

    def _run(self, begin: Begin) -> None:
        load, victims = begin.load, begin.victims
        self._dismiss(begin)
        try:
            reserved = self._reserve(load, victims)
        except StorageError as error:
            self._give_back(victims)
            with self.monitor.use() as scheduler:
                scheduler.room_made(load, victims, self._clock.now_s())
                scheduler.failed(load, error, self._clock.now_s())
            return
        with self.monitor.use() as scheduler:
            follow = scheduler.room_made if reserved else scheduler.refused
            follow(load, victims, self._clock.now_s())
        if reserved:
            self._open(load)

    def _dismiss(self, begin: Begin) -> None:
        """Close the victims; why is written first, so that no crash leaves it unexplained."""
        if begin.decision is not None:
            self._keep(begin.decision)
        self._close(begin.victims)

    def _reserve(self, load: Load, victims: Sequence[Loaded]) -> bool:
        """Take the victims' places among all processes; False when somebody was quicker.

        Raises: StorageError.
        """
        left = [each.reservation for each in victims if each.reservation is not None]
        with self.monitor.use() as scheduler:
            names = scheduler.table.names()
        taken = self._budget.reserve(load.name, load.resolved.need, instead_of=left, models=names)
        if isinstance(taken, Refused):
            self._give_back(victims)
            return False
        load.reservation = taken
        return True

    def _open(self, load: Load) -> None:
        try:
            load.cancel.raise_if_cancelled()
            engine = self._open_engine(
                load.resolved.spec, progress=self._progress(load), cancel=load.cancel
            )
        except Exception as error:  # noqa: BLE001  # every waiter raises it
            if isinstance(error, ModelFileInvalid):
                self._models.refuse(load.resolved, error)
            self._fail(load, error)
        else:
            self._publish(load, engine)

    def _progress(self, load: Load) -> Callable[[float], None]:
        told = 0.0

        def report(fraction: float) -> None:
            nonlocal told
            load.fraction = fraction
            if fraction - told >= PROGRESS_STEP:
                told = fraction
                self._tell(ModelLoading(load.name, fraction))

        return report

    def _publish(self, load: Load, engine: Engine) -> None:
        with self.monitor.use() as scheduler:
            model = scheduler.opened(load, engine, self._clock.now_s())
        if model is None:
            close_engine(load.name, engine)
            self._fail(load, Cancelled(f"Nobody waits for {load.name} any more."))
        else:
            engine.watch(partial(self.died, model))

    def died(self, model: Loaded) -> None:
        """The engine of `model` ended by itself; it is seen at once, whoever sees it first."""
        with self.monitor.use() as scheduler:
            scheduler.died(model, self._clock.now_s())

    def _fail(self, load: Load, error: Exception) -> None:
        self._give_back([load])
        with self.monitor.use() as scheduler:
            scheduler.failed(load, error, self._clock.now_s())

    def _close(self, models: Sequence[Loaded]) -> None:
        for model in models:
            self._measure(model)
            close_engine(model.name, model.engine)

    def _measure(self, model: Loaded) -> None:
        """Remember the most memory that it ever took, while its worker lives to tell."""
        engine = model.engine
        self._models.measured(model.resolved, engine.peak_memory_mb(), engine.device_memory_mb())

    def _give_back(self, holders: Sequence[Loaded | Load]) -> None:
        """Their memory is free, for other processes too. What cannot be written is logged:
        other processes then wait for memory that is free, until this one ends."""
        gone = [each.reservation for each in holders if each.reservation is not None]
        for each in holders:
            each.reservation = None
        if not gone:
            return
        try:
            self._budget.release(gone)
        except StorageError as error:
            logger.warning("Memory was not given back to other processes. %s", error)


def close_engine(name: str, engine: Engine) -> None:
    """Close it; a failure is logged, for its memory has to be given back all the same."""
    try:
        engine.close()
    except Exception:
        logger.exception("%s did not close cleanly.", name)
