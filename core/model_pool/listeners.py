"""Who listens to what happens to models.

Owns the list of listeners; knows nothing of what they do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.model_pool.scheduling.events import PoolEvent

logger = logging.getLogger(__name__)

Listener = Callable[[PoolEvent], None]


class Listeners:
    """Everybody is told everything. Safe to use from many threads."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> Callable[[], None]:
        """Returns a function that takes it off the list again."""
        self._listeners = (*self._listeners, listener)

        def remove() -> None:
            self._listeners = tuple(each for each in self._listeners if each is not listener)

        return remove

    def tell(self, event: PoolEvent) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                logger.exception("Somebody who listens to the pool failed.")
