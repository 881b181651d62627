"""The GPUs of this machine and what the models may take of them together.

Owns that they are asked once, when a model first wants layers on one, and the arithmetic of the
budget; knows nothing of models. llama.cpp splits a model's layers over all GPUs in proportion to
what is free on each, so what counts is their sum.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Literal

from core.engines.devices import Device
from core.engines.table import llama_devices

DEVICE_MARGIN_MB = 256
"""Of each GPU, never promised to models: others draw on it, and a layer fits whole or not."""


class Devices:
    """What llama.cpp found, for as long as this process lives. Threads may share it.

    Args:
        ask: how the GPUs are asked, given the model on whose behalf.
    """

    def __init__(self, ask: Callable[[str], tuple[Device, ...]] = llama_devices) -> None:
        self._ask = ask
        self._found: tuple[Device, ...] | None = None
        self._asking = threading.Lock()

    @property
    def known(self) -> tuple[Device, ...]:
        """None before the first `find`; asks nobody."""
        return self._found or ()

    def find(self, model: str) -> tuple[Device, ...]:
        """All GPUs, as they were when first asked. That takes a moment: not under a lock.

        Raises: EngineFailed, naming `model`.
        """
        with self._asking:
            if self._found is None:
                self._found = self._ask(model)
            return self._found


class DeviceBudget:
    """What models may reserve of the GPUs' memory; settled at the first look that sees any.

    Args:
        configured_mb: runtime.device_budget_mb.
    """

    def __init__(self, configured_mb: int | Literal["auto"], devices: Devices) -> None:
        self._configured_mb = configured_mb
        self._devices = devices
        self._settled_mb: int | None = None

    @property
    def devices(self) -> tuple[Device, ...]:
        return self._devices.known

    @property
    def budget_mb(self) -> int:
        return self._settled_mb or 0

    def look(self, others_mb: int) -> None:
        """Other SARAi processes hold `others_mb` now: it was not free, and is not lost for ever."""
        if self.devices and self._settled_mb is None:
            most_mb = sum(device.total_mb for device in self.devices)
            if self._configured_mb == "auto":
                self._settled_mb = free_budget_mb(self.devices, others_mb)
            else:
                self._settled_mb = min(self._configured_mb, most_mb)

    def reason(self) -> str:
        """How the budget came about; empty without a GPU."""
        if not self.devices:
            return ""
        if self._configured_mb == "auto":
            told = ", ".join(
                f"{device.name} had {device.free_mb} of {device.total_mb} MiB free"
                for device in self.devices
            )
            return f"{told}, less {DEVICE_MARGIN_MB} that stay free on each"
        names = ", ".join(f"{device.name} with {device.total_mb} MiB" for device in self.devices)
        return f"runtime.device_budget_mb, on {names}"


def free_budget_mb(devices: Sequence[Device], others_mb: int) -> int:
    """What was free when asked and what other SARAi processes held, less the margins."""
    free_mb = sum(max(0, device.free_mb - DEVICE_MARGIN_MB) for device in devices)
    most_mb = sum(max(0, device.total_mb - DEVICE_MARGIN_MB) for device in devices)
    return min(free_mb + others_mb, most_mb)
