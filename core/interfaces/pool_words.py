"""What happens in the pool, in the few words of a line that is shown meanwhile.

Owns the wording; knows nothing of terminals.
"""

from __future__ import annotations

from core.model_pool import PoolEvent
from core.model_pool.scheduling.events import ModelLoading, ModelReady, ModelWaits

BELOW_S = 1.5
"""Shorter waits are over before they are read."""


def words_for(event: PoolEvent) -> str | None:
    """What to show while it goes on; None for what is no wait."""
    match event:
        case ModelLoading(model, fraction):
            return f"loading {model} {fraction:.0%}"
        case ModelWaits(model, position, _, eta_s):
            place = "next" if position == 1 else f"number {position}"
            return f"{model} waits for memory, {place}{_expected(eta_s)}"
        case ModelReady(model, _):
            return f"{model} is loaded"
    return None


def _expected(eta_s: float | None) -> str:
    if eta_s is None:
        return ""
    return ", any moment" if eta_s < BELOW_S else f", about {eta_s:.0f} s"
