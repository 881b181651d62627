"""The most that models could ever be given here.

Owns where the pool's arithmetic gets its figures; decides nothing.
"""

from __future__ import annotations

from dataclasses import replace

from core.doctor.surroundings import Surroundings
from core.model_pool.memory.budget import Allowance, ceiling
from core.model_pool.memory.devices import DeviceBudget


def at_most(around: Surroundings) -> Allowance:
    """As the pool's ceiling, if nobody else held anything, of the GPUs that were found so far."""
    runtime = around.sound_settings.runtime
    gpus = DeviceBudget(runtime.device_budget_mb, around.gpus)
    gpus.look(sum(device.total_mb for device in gpus.devices))
    system = ceiling(
        around.memory.total_mb(),
        budget_mb=runtime.models_budget_mb,
        system_reserve_mb=runtime.system_reserve_mb,
    )
    return replace(system, device_limit_mb=gpus.budget_mb, device_reason=gpus.reason())
