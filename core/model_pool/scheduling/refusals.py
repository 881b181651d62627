"""The errors with which the pool refuses, in words for the person who asked.

Owns the messages; decides nothing.
"""

from __future__ import annotations

from core.errors import Cancelled, ModelResting, ModelTooLarge, PoolBusy
from core.model_pool.memory.amount import Kind
from core.model_pool.resolve import ResolvedModel
from core.model_pool.scheduling.records import Load


def busy(load: Load) -> PoolBusy:
    """Its deadline passed while it waited for memory."""
    return PoolBusy(
        f"{load.name} {load.lacking}.",
        model=load.name,
        hint=f"Try again when one of them is done, or raise {_budget_keys(load.resolved)}.",
    )


def in_use(name: str) -> PoolBusy:
    """It was to be unloaded, but a running answer is never cut."""
    return PoolBusy(
        f"{name} is in use, so it was not unloaded.",
        model=name,
        hint="Try again when its answer is done, or schedule_unload it.",
    )


def too_large(resolved: ResolvedModel, reason: str, kind: Kind) -> ModelTooLarge:
    """It can never fit; `reason` and the model's own arithmetic say why."""
    name = resolved.spec.model
    if kind == "device":
        return ModelTooLarge(
            f"{name} {reason}: {resolved.arithmetic}.",
            model=name,
            hint=f"Lower models.{name}.gpu_layers or its context_length, make fewer models "
            "permanent, or raise runtime.device_budget_mb.",
        )
    return ModelTooLarge(
        f"{name} {reason}: {resolved.arithmetic}.",
        model=name,
        hint=f"Lower models.{name}.context_length, choose a smaller file, make fewer models "
        "permanent, or raise runtime.budget_mb.",
    )


def _budget_keys(resolved: ResolvedModel) -> str:
    gpu = ", or runtime.device_budget_mb for the GPU" if resolved.device_mb else ""
    return f"runtime.budget_mb{gpu}"


def resting(name: str, failures: int, rest_s: float) -> ModelResting:
    """It crashed too often to be tried now."""
    return ModelResting(
        f"{name} crashed {failures} times in a row and rests for {max(1, round(rest_s))} s.",
        model=name,
        retry_after_s=rest_s,
        hint="Its log says why; download the file again if it goes on.",
    )


def closed() -> Cancelled:
    """The pool itself is gone."""
    return Cancelled("The model pool is closed.", hint="get_model_pool() opens a new one.")
