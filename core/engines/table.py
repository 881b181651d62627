"""Which engine opens a model.

Owns the table; knows nothing of the engines' insides.
"""

from __future__ import annotations

from core.cancellation import Cancellation
from core.engines.protocol import Engine, EngineSpec, LoadProgress
from core.errors import ModelUnavailable


def open_engine(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> Engine:
    """Raises: ModelUnavailable, when this build has no such engine."""
    del progress, cancel
    raise ModelUnavailable(
        f"{spec.model} needs the engine {spec.engine}.",
        model=spec.model,
        hint="Install a build that has it.",
    )
