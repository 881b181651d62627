"""Closing engines that have left the table.

Owns the one way to close; knows nothing of why a model has to go. Never called with the
pool's lock held.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from core.model_pool.residents import Ledger, Loaded

logger = logging.getLogger(__name__)


def close_engines(models: Sequence[Loaded]) -> None:
    """Close each; a failure is logged, for the others have to be closed all the same."""
    for model in models:
        try:
            model.engine.close()
        except Exception:
            logger.exception("%s did not close cleanly.", model.name)


def close_and_forget(ledger: Ledger, models: Sequence[Loaded]) -> None:
    """Close engines that were retired, and give their memory back."""
    close_engines(models)
    with ledger.changed:
        ledger.forget(models)
        ledger.changed.notify_all()
