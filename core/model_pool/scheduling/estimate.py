"""When a load will probably be done.

Owns the estimate, which is honest: what was never seen gives None, not a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.model_pool.memory.amount import Amount, total
from core.model_pool.scheduling.durations import Durations
from core.model_pool.scheduling.queue import in_order
from core.model_pool.scheduling.records import Load, Loaded
from core.model_pool.scheduling.table import Table

LEAST_FRACTION = 0.05
"""Before so much is loaded, the speed of this load says nothing yet."""


def eta_s(
    load: Load, table: Table, durations: Durations, limit: Amount, now_s: float
) -> float | None:
    """Seconds until `load` is done, if nobody else comes; None when that cannot be known."""
    whole_s = durations.load_s(load.name, load.resolved.need.whole_mb)
    if load.phase == "waiting":
        wait_s = _wait_for_memory_s(load, table, durations, limit, now_s)
        return None if whole_s is None or wait_s is None else wait_s + whole_s
    elapsed_s = now_s - load.phase_since_s
    if load.fraction >= LEAST_FRACTION:
        return elapsed_s * (1 - load.fraction) / load.fraction
    return None if whole_s is None else max(0.0, whole_s - elapsed_s)


def position(load: Load, table: Table, now_s: float) -> int:
    """Its place among those that wait, from 1; 0 when it does not wait any more."""
    queue = in_order(table.loads.values(), now_s)
    return queue.index(load) + 1 if load in queue else 0


def _wait_for_memory_s(
    load: Load, table: Table, durations: Durations, limit: Amount, now_s: float
) -> float | None:
    """Until enough of those who use memory are expected to be done with it."""
    movable = [each for each in table.loaded.values() if not each.settings.permanent]
    idle = total(each.reserved for each in movable if not each.leases)
    queue = in_order(table.loads.values(), now_s)
    ahead = total(each.resolved.need for each in queue[: queue.index(load)])
    room = limit + idle - table.reserved - ahead
    wait_s = 0.0
    users = (each for each in movable if each.leases)
    for end_s, model in sorted(_ends(users, durations, now_s), key=lambda end: end[0]):
        if not load.resolved.need.beyond(room):
            break
        wait_s, room = end_s, room + model.reserved
    return None if load.resolved.need.beyond(room) else wait_s


def _ends(
    users: Iterator[Loaded], durations: Durations, now_s: float
) -> Iterator[tuple[float, Loaded]]:
    """In how many seconds each use is expected to end, and whose it is."""
    for model in users:
        use_s = durations.use_s(model.name)
        if use_s is not None:
            yield max(0.0, use_s - (now_s - model.in_use_since_s)), model
