"""In which order waiting loads get memory.

Owns the order and the bound on waiting; knows nothing of how much memory there is. Higher
priority comes first, then who asked first. A later load may take memory that an earlier one
cannot use yet. But one that has waited STARVATION_S goes before everybody, and nobody passes
it any more.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.model_pool.scheduling.plan import EVICTION_RANK
from core.model_pool.scheduling.records import Load

STARVATION_S = 10.0


def in_order(loads: Iterable[Load], now_s: float) -> list[Load]:
    """Those that wait, the next one first."""
    waiting = (load for load in loads if load.phase == "waiting")
    return sorted(waiting, key=lambda load: _place(load, now_s))


def starves(load: Load, now_s: float) -> bool:
    """It has waited so long that others have to make room. Only callers starve."""
    return bool(load.tickets) and now_s >= starves_at_s(load)


def starves_at_s(load: Load) -> float:
    return load.asked_at_s + STARVATION_S


def _place(load: Load, now_s: float) -> tuple[bool, bool, int, int]:
    if starves(load, now_s):
        return False, False, 0, load.number
    return True, load.background, -EVICTION_RANK[load.settings.priority], load.number
