"""Whether the machine is short of memory, told with hysteresis.

Owns the thresholds and how long calm has to last; knows nothing of models. A gauge that
wavers would unload a model, see the memory come back, and load it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock
from core.model_pool.memory.machine import MachineMemory


@dataclass(frozen=True, slots=True)
class PressureLimits:
    """Between the two values of a pair nothing changes. Fractions are of the total memory."""

    enter_available: float = 0.05
    leave_available: float = 0.10
    enter_stalled_percent: float = 10.0
    leave_stalled_percent: float = 1.0
    calm_s: float = 30.0


class PressureGauge:
    """Under pressure or not, as of the last `refresh`; calm before the first."""

    def __init__(
        self, machine: MachineMemory, clock: Clock, limits: PressureLimits | None = None
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._limits = limits or PressureLimits()
        self._pressed = False
        self._calm_since_s: float | None = None

    def under_pressure(self) -> bool:
        """What the last `refresh` found; asks nobody, so the pool's lock may be held."""
        return self._pressed

    def refresh(self) -> bool:
        """Ask the system again. It reads files: not with the pool's lock held."""
        available, stalled = self._available(), self._machine.stalled_percent() or 0.0
        limits, now_s = self._limits, self._clock.now_s()
        if available < limits.enter_available or stalled > limits.enter_stalled_percent:
            self._pressed, self._calm_since_s = True, None
        elif available <= limits.leave_available or stalled >= limits.leave_stalled_percent:
            self._calm_since_s = None
        elif self._calm_since_s is None:
            self._calm_since_s = now_s
        if self._calm_since_s is not None and now_s - self._calm_since_s >= limits.calm_s:
            self._pressed = False
        return self._pressed

    def _available(self) -> float:
        """The available share of all memory; all of it where the system does not tell."""
        total_mb, available_mb = self._machine.total_mb(), self._machine.available_mb()
        return 1.0 if not total_mb or available_mb is None else available_mb / total_mb
