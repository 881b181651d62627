"""Why models had to leave, as a person reads it.

Owns the sentences; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.model_pool.eviction_log import PastEviction
    from core.model_pool.scheduling.decisions import Leaver

SHOWN = 10
LEAST_SHOWN_COST = 0.0001
WHAT_COST_MEANS = (
    "Cost: the seconds of reloading to expect for each second that a model is gone. "
    "The cheapest set that makes enough room leaves, lower priorities first."
)


def eviction_lines(
    evictions: Sequence[PastEviction], *, name: str | None = None, everything: bool = False
) -> Iterator[str]:
    """The newest SHOWN of `evictions`, which come newest first, or all of them.

    `name` is of the model that they were chosen for.
    """
    if not evictions:
        yield _nothing(name)
        return
    shown = evictions if everything else evictions[:SHOWN]
    for eviction in shown:
        yield from _lines(eviction)
        yield ""
    if len(shown) < len(evictions):
        yield f"{len(evictions) - len(shown)} older ones: sarai models why --all"
    yield WHAT_COST_MEANS


def _nothing(name: str | None) -> str:
    if name is None:
        return "No model had to leave for another yet."
    return f"{name} had to leave for no other model yet, and none had to leave for it."


def _lines(eviction: PastEviction) -> Iterator[str]:
    at = eviction.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    free = f"{eviction.free.system_mb} MiB were" if eviction.free.system_mb > 0 else "nothing was"
    gpu = ""
    if eviction.need.device_mb:
        gpu = f", {max(0, eviction.free.device_mb)} MiB of GPU memory"
    yield f"{at}  {eviction.wanted} needed {eviction.need} and {free} free{gpu}"
    yield f"  left:        {_shown(eviction.victims)}"
    instead = _shown(eviction.alternative) if eviction.alternative else "nobody"
    yield f"  or instead:  {instead}"


def _shown(leavers: Sequence[Leaver]) -> str:
    names = ", ".join(f"{each.name} ({each.reserved}, cost {_cost(each.cost)})" for each in leavers)
    if len(leavers) == 1:
        return names
    return f"{names}; together cost {_cost(sum(each.cost for each in leavers))}"


def _cost(cost: float) -> str:
    return f"{cost:.2g}" if cost >= LEAST_SHOWN_COST else f"below {LEAST_SHOWN_COST:g}"
