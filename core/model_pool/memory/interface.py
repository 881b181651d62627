"""What a pool asks of whoever knows how much memory there is.

Owns the protocol alone; `SharedBudget` is what answers outside of tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from core.model_pool.memory.amount import Amount
from core.model_pool.memory.budget import Allowance
from core.model_pool.memory.shared_ledger import Refused, Reservation


class Budget(Protocol):
    """As the methods of `SharedBudget`; only the first two may be called under a lock."""

    def allowance(self, models: Iterable[str] = ()) -> Allowance: ...

    def ceiling(self) -> Allowance: ...

    def refresh(self) -> None: ...

    def reserve(
        self,
        model: str,
        reserved: Amount,
        *,
        instead_of: Collection[Reservation] = (),
        models: Iterable[str] = (),
    ) -> Reservation | Refused: ...

    def release(self, reservations: Collection[Reservation]) -> None: ...

    def close(self) -> None: ...
