"""How models and loads leave the table.

Owns the steps and the reasons that are told; decides about nobody. Whoever leaves stays
reserved until it is really gone.
"""

from __future__ import annotations

from collections.abc import Callable

from core.model_pool.scheduling.effects import Close, Effect, Stop, Tell
from core.model_pool.scheduling.events import ModelFailed, ModelLeft
from core.model_pool.scheduling.idle import call_off
from core.model_pool.scheduling.records import Load, Loaded
from core.model_pool.scheduling.table import Table


class Departures:
    """Sends away who has to go; `because` tells why each model last left."""

    def __init__(self, table: Table, order: Callable[[Effect], None]) -> None:
        self.because: dict[str, str] = {}
        self._table = table
        self._order = order

    def dismiss(self, model: Loaded, reason: str) -> None:
        """It goes now, and its engine is closed."""
        if self.leave(model, reason):
            self._order(Close(model))

    def leave(self, model: Loaded, reason: str) -> bool:
        """It goes, and nobody gets it any more; its engine is still to be closed.

        False when it had left before.
        """
        left = self._table.leaves(model)
        if left:
            call_off(model)
            self.because[model.name] = reason
            self._order(Tell(ModelLeft(model.name, reason)))
        return left

    def bury(self, model: Loaded) -> bool:
        """It died by itself; False when it had left before."""
        left = self._table.leaves(model)
        if left:
            call_off(model)
            self._order(Close(model))
            self._order(Tell(ModelFailed(model.name, "its worker died")))
        return left

    def abandon(self, load: Load) -> None:
        """Nobody wants it any more; what has begun is stopped."""
        if load.phase == "waiting":
            self._table.forget([load])
        elif self._table.leaves(load):
            self._order(Stop(load))
