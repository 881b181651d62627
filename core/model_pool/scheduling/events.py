"""What happens to models, for those who listen to the pool.

Owns the event types; knows nothing of who listens.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelWaits:
    """A load waits. `position` 1 is the next; `eta_s` is None when nobody can know."""

    model: str
    position: int
    reason: str
    eta_s: float | None


@dataclass(frozen=True, slots=True)
class ModelLoading:
    """A model is being loaded; `fraction` goes from 0 to 1."""

    model: str
    fraction: float


@dataclass(frozen=True, slots=True)
class ModelReady:
    """A model can answer, `load_s` seconds after its load began, in `reserved_mb` MiB."""

    model: str
    load_s: float
    reserved_mb: int


@dataclass(frozen=True, slots=True)
class ModelLeft:
    """A model was unloaded; `reason` says why, for a person."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """A load failed, or a loaded model died."""

    model: str
    reason: str


PoolEvent = ModelWaits | ModelLoading | ModelReady | ModelLeft | ModelFailed
