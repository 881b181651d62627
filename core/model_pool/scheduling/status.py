"""What the pool holds, as a value that can be shown or sent.

Owns the status types and how they are filled; changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from core.engines.protocol import Engine
from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.estimate import eta_s, position
from core.model_pool.scheduling.records import Load, Loaded
from core.model_pool.scheduling.scheduler import Scheduler

ModelState = Literal["absent", "waiting", "loading", "ready", "in_use", "failed"]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One configured model. Times are on the pool's clock, see `PoolStatus.now_s`.

    `reserved_mb` is of the machine's memory, `device_mb` of its GPUs'.
    `leases` counts those who wait for it as well. `memory_mb` is what the engine really
    takes, MiB; None when absent or unknown. `idle_s` and `unload_at_s` are None while it is
    in use; `unload_at_s` also when nothing unloads it, and `overdue` says that its time has
    passed but nobody needs the memory. `loaded_fraction` is of a running load; `position`
    (from 1) and `waiting_for` of one that waits; `eta_s` of both, None when nobody can know.
    `last_error` is of the last load, until one succeeds; `left_because` of the last unload.
    """

    name: str
    state: ModelState
    permanent: bool
    reserved_mb: int = 0
    memory_mb: float | None = None
    leases: int = 0
    idle_s: float | None = None
    unload_at_s: float | None = None
    overdue: bool = False
    load_s: float | None = None
    loaded_fraction: float | None = None
    position: int | None = None
    waiting_for: str | None = None
    eta_s: float | None = None
    last_error: str | None = None
    left_because: str | None = None
    device_mb: int = 0

    @property
    def reserved(self) -> Amount:
        return Amount(self.reserved_mb, self.device_mb)


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """All models in the order of the configuration; `reserved_mb` counts leavers too.

    `limit_mb` is what the models may take now: the budget, less what others hold of it. What
    begins with `device_` says the same of the GPUs' memory; 0 while no model asked for a GPU.
    """

    budget_mb: int
    limit_mb: int
    reserved_mb: int
    now_s: float
    models: tuple[ModelStatus, ...]
    device_budget_mb: int = 0
    device_limit_mb: int = 0
    device_reserved_mb: int = 0

    def with_memory(self, engines: Mapping[str, Engine]) -> PoolStatus:
        """The same with what each model takes now, which its engine has to be asked for."""
        models = (
            replace(each, memory_mb=engines[each.name].memory_mb())
            if each.name in engines
            else each
            for each in self.models
        )
        return replace(self, models=tuple(models))


def read_status(
    scheduler: Scheduler, permanents: Iterable[tuple[str, bool]], *, budget_mb: int, now_s: float
) -> PoolStatus:
    """The state of each (name, permanent), engines not asked."""
    models = tuple(_see(scheduler, name, permanent, now_s) for name, permanent in permanents)
    limit, at_most = scheduler.admission.limit(), scheduler.admission.ceiling()
    reserved = scheduler.table.reserved
    return PoolStatus(
        budget_mb,
        limit.system_mb,
        reserved.system_mb,
        now_s,
        models,
        device_budget_mb=at_most.device_mb,
        device_limit_mb=limit.device_mb,
        device_reserved_mb=reserved.device_mb,
    )


def _see(scheduler: Scheduler, name: str, permanent: bool, now_s: float) -> ModelStatus:
    model, load = scheduler.table.loaded.get(name), scheduler.table.loads.get(name)
    if model is not None:
        return _loaded_status(model, permanent, now_s)
    error = scheduler.last_errors.get(name)
    if load is not None:
        return _load_status(scheduler, load, permanent, now_s)
    return ModelStatus(
        name,
        "absent" if error is None else "failed",
        permanent,
        last_error=error,
        left_because=scheduler.left_because.get(name),
    )


def _loaded_status(model: Loaded, permanent: bool, now_s: float) -> ModelStatus:
    idle = not model.leases
    return ModelStatus(
        model.name,
        "ready" if idle else "in_use",
        permanent,
        reserved_mb=model.reserved.system_mb,
        device_mb=model.reserved.device_mb,
        leases=model.leases,
        idle_s=now_s - model.last_used_s if idle else None,
        unload_at_s=None if model.overdue else model.leaves_at_s,
        overdue=model.overdue,
        load_s=model.load_s,
    )


def _load_status(scheduler: Scheduler, load: Load, permanent: bool, now_s: float) -> ModelStatus:
    table, limit = scheduler.table, scheduler.admission.limit(load.name)
    waits = load.phase == "waiting"
    return ModelStatus(
        load.name,
        "waiting" if waits else "loading",
        permanent,
        reserved_mb=load.reserved.system_mb,
        device_mb=load.reserved.device_mb,
        leases=len(load.tickets),
        loaded_fraction=None if waits else load.fraction,
        position=position(load, table, now_s) or None,
        waiting_for=load.lacking or None,
        eta_s=eta_s(load, table, scheduler.durations, limit, now_s),
        last_error=scheduler.last_errors.get(load.name),
    )
