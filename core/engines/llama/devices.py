"""Which GPUs llama.cpp can use on this machine, asked from outside.

Owns what the process that looks tells; knows nothing of llama.cpp.
"""

from __future__ import annotations

from core.engines.devices import Device
from core.engines.llama.probe import NoAnswer, ask
from core.errors import EngineFailed

PROBE_LIMIT_S = 60.0
"""A driver that wakes several GPUs may take many seconds."""


def ask_devices(model: str) -> tuple[Device, ...]:
    """All GPUs, with what is free on each now; none where llama.cpp was built without.

    Args:
        model: named in the error, because somebody asks on behalf of one.

    Raises: EngineFailed, when they cannot be asked: a broken driver.
    """
    told = ask("core.engines.llama.device_probe", PROBE_LIMIT_S)
    if isinstance(told, NoAnswer):
        raise EngineFailed(
            f"The GPU that {model} shall use could not be asked for its memory: {told.reason}.",
            model=model,
            hint="Repair its driver, or set runtime.gpu_layers to 0.",
        )
    return tuple(Device(**device) for device in told)
