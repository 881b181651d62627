"""Unloading models that have not been used for their time.

Owns the appointments and the rule which TTL holds; knows nothing of how a model is leased.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from core.clock import Clock
from core.model_pool.closing import close_and_forget
from core.model_pool.residents import Expiry, Ledger, Loaded

logger = logging.getLogger(__name__)


class UnloadTimers:
    """One timer per idle model. `ttls_s` is what the configuration says, by model."""

    def __init__(self, ledger: Ledger, clock: Clock, ttls_s: Mapping[str, float]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ttls_s = ttls_s

    def released(self, model: Loaded) -> None:
        """The last lease ended: what was asked for once holds, else the configured TTL.

        Lock held.
        """
        ttl_s, model.next_ttl_s = model.next_ttl_s, None
        if ttl_s is None:
            ttl_s = self._ttls_s.get(model.name)
        if ttl_s is not None:
            self.appoint(model, ttl_s)

    def appoint(self, model: Loaded, ttl_s: float) -> None:
        """Unload the idle `model` when `ttl_s` have passed since its last use. Lock held."""
        self._ledger.cancel_expiry(model)
        expiry = model.expiry = Expiry(at_s=model.last_used_s + ttl_s)
        delay_s = max(0.0, expiry.at_s - self._clock.now_s())
        expiry.timer = self._clock.call_later(delay_s, partial(self._expire, model, expiry))

    def _expire(self, model: Loaded, expiry: Expiry) -> None:
        """On the timer's thread. A lease taken meanwhile has called the appointment off."""
        try:
            with self._ledger.changed:
                if model.expiry is not expiry or not self._ledger.retire(model):
                    return
            logger.info("Unloading %s, unused for its time.", model.name)
            close_and_forget(self._ledger, [model])
        except Exception:
            logger.exception("%s could not be unloaded in time.", model.name)
