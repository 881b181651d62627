"""A model loaded because it will probably be wanted.

Owns the handle with which the guess is taken back; the rules are the scheduler's.
"""

from __future__ import annotations

from core.clock import Clock
from core.model_pool.monitor import Monitor
from core.model_pool.resolve import ResolvedModel
from core.model_pool.scheduling.records import Load
from core.settings.models import ModelSettings


class Prefetch:
    """One guess; `cancel` does nothing once somebody wants the model."""

    def __init__(self, monitor: Monitor, clock: Clock) -> None:
        self._monitor = monitor
        self._clock = clock
        self._load: Load | None = None

    @property
    def begun(self) -> bool:
        """Whether a load was begun for it."""
        return self._load is not None

    def begin(
        self, name: str, settings: ModelSettings, resolved: ResolvedModel, likelihood: float
    ) -> None:
        """As `Scheduler.prefetch`."""
        with self._monitor.use() as scheduler:
            self._load = scheduler.prefetch(
                name, settings, resolved, self._clock.now_s(), likelihood=likelihood
            )

    def cancel(self) -> None:
        """The guess was wrong."""
        if self._load is not None:
            with self._monitor.use() as scheduler:
                scheduler.call_off(self._load, self._clock.now_s())
