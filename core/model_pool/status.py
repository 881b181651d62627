"""What the pool holds, as a value that can be shown or sent.

Owns the status types and how they are filled; changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from core.engines.protocol import Engine
from core.model_pool.residents import Ledger, Load, Loaded

ModelState = Literal["absent", "loading", "ready", "in_use", "failed"]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One configured model. Times are on the pool's clock, see `PoolStatus.now_s`.

    `memory_mb` is what the engine really takes, MiB; None when absent or unknown.
    `idle_s` and `unload_at_s` are None while it is in use; `unload_at_s` also when nothing
    unloads it. `last_error` is of the last load, until one succeeds.
    """

    name: str
    state: ModelState
    permanent: bool
    reserved_mb: int = 0
    memory_mb: float | None = None
    leases: int = 0
    idle_s: float | None = None
    unload_at_s: float | None = None
    load_s: float | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """All models in the order of the configuration; `reserved_mb` counts leavers too."""

    budget_mb: int
    reserved_mb: int
    now_s: float
    models: tuple[ModelStatus, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A model's line, and its engine to be asked for its memory without the lock."""

    status: ModelStatus
    engine: Engine | None = None


def read_status(
    ledger: Ledger, permanents: Iterable[tuple[str, bool]], *, budget_mb: int, now_s: float
) -> PoolStatus:
    """The state of each (name, permanent). Takes the lock, but asks no engine under it."""
    with ledger.changed:
        reserved_mb = ledger.reserved_mb
        seen = [_see(ledger, name, permanent, now_s) for name, permanent in permanents]
    models = tuple(_with_memory(each) for each in seen)
    return PoolStatus(budget_mb, reserved_mb, now_s, models)


def _see(ledger: Ledger, name: str, permanent: bool, now_s: float) -> _Seen:
    model, load = ledger.loaded.get(name), ledger.loads.get(name)
    if model is not None:
        return _Seen(_loaded_status(model, permanent, now_s), model.engine)
    error = ledger.last_errors.get(name)
    if load is not None:
        return _Seen(_loading_status(load, permanent, error))
    state: ModelState = "absent" if error is None else "failed"
    return _Seen(ModelStatus(name, state, permanent, last_error=error))


def _loaded_status(model: Loaded, permanent: bool, now_s: float) -> ModelStatus:
    idle = not model.leases
    return ModelStatus(
        model.name,
        "ready" if idle else "in_use",
        permanent,
        reserved_mb=model.reserved_mb,
        leases=model.leases,
        idle_s=now_s - model.last_used_s if idle else None,
        unload_at_s=model.expiry.at_s if model.expiry else None,
        load_s=model.load_s,
    )


def _loading_status(load: Load, permanent: bool, error: str | None) -> ModelStatus:
    return ModelStatus(
        load.name,
        "loading",
        permanent,
        reserved_mb=load.reserved_mb,
        leases=load.waiters,
        last_error=error,
    )


def _with_memory(seen: _Seen) -> ModelStatus:
    if seen.engine is None:
        return seen.status
    return replace(seen.status, memory_mb=seen.engine.memory_mb())
