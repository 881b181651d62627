"""Why a model does not fit, with the arithmetic, in words for a person.

Owns the sentences of a plan; decides nothing. Each speaks of the one kind of memory that lacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.model_pool.memory.amount import Amount, Kind, total

if TYPE_CHECKING:
    from core.model_pool.scheduling.plan import Resident

UNITS: dict[Kind, str] = {"system": "MiB", "device": "MiB of GPU memory"}
BUDGETS: dict[Kind, str] = {"system": "budget", "device": "GPU budget"}


def needs_more_than_all(kind: Kind, need: Amount, limit: Amount) -> str:
    """It would not fit if nobody else were there."""
    return f"{_needs(kind, need)} and the models' {BUDGETS[kind]} is {limit.of(kind)} MiB"


def permanent_models_hold_it(
    kind: Kind, need: Amount, limit: Amount, pinned: Iterable[Resident]
) -> str:
    """Those in its way never leave."""
    left_mb = limit.of(kind) - total(each.reserved for each in pinned).of(kind)
    return (
        f"{_needs(kind, need)} and only {left_mb} of the models' {limit.of(kind)} MiB "
        f"are not held by permanent models ({_holders(kind, pinned)})"
    )


def others_are_in_use(kind: Kind, need: Amount, limit: Amount, held: Iterable[Resident]) -> str:
    """Those in its way do not leave now."""
    free_mb = max(0, limit.of(kind) - total(each.reserved for each in held).of(kind))
    return (
        f"{_needs(kind, need)} and {free_mb} of the models' {limit.of(kind)} MiB "
        f"can be had now; the rest is held by {_holders(kind, held)}"
    )


def _needs(kind: Kind, need: Amount) -> str:
    return f"needs {need.of(kind)} {UNITS[kind]}"


def _holders(kind: Kind, residents: Iterable[Resident]) -> str:
    holders = [each for each in residents if each.reserved.of(kind)]
    return ", ".join(
        f"{each.name} {each.reserved.of(kind)} MiB {'permanent' if each.permanent else 'in use'}"
        for each in sorted(holders, key=lambda each: (each.name, each.reserved.of(kind)))
    )
