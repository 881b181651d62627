"""Why models had to leave, kept across the ends of processes.

Owns the table `evictions`; decides nothing, and keeps no words of the user's.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime

from core.errors import StorageError
from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.decisions import EvictionRecord, Leaver
from core.storage.database import Database

KEPT_EVICTIONS = 256

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PastEviction:
    """As `EvictionRecord`, on the calendar: `at` is in UTC."""

    at: datetime
    wanted: str
    need: Amount
    free: Amount
    victims: tuple[Leaver, ...]
    alternative: tuple[Leaver, ...]

    def concerns(self, model: str) -> bool:
        """Whether `model` wanted the memory or left for it."""
        return model == self.wanted or any(model == each.name for each in self.victims)


class EvictionLog:
    """The newest evictions, older ones forgotten. Threads may share it: see `Database`."""

    def __init__(
        self, open_database: Callable[[], Database], *, keep: int = KEPT_EVICTIONS
    ) -> None:
        self._open_database = open_database
        self._keep = keep

    def record(self, eviction: EvictionRecord) -> None:
        """Keep it, as decided now. What the database refuses is logged: no load fails for it."""
        row = (
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            *(eviction.wanted, *astuple(eviction.need), *astuple(eviction.free)),
            *(_json(eviction.victims), _json(eviction.alternative)),
        )
        try:
            with self._open_database().transaction() as connection:
                newest = int(connection.execute(_INSERT, row).lastrowid or 0)
                connection.execute("DELETE FROM evictions WHERE id <= ?", (newest - self._keep,))
        except StorageError as error:
            logger.warning("Who left for %s was not recorded. %s", eviction.wanted, error)

    def newest_first(self, model: str | None = None) -> list[PastEviction]:
        """All that are kept, or those that concern `model`.

        Raises: StorageError.
        """
        with self._open_database().connection() as connection:
            rows = connection.execute("SELECT * FROM evictions ORDER BY id DESC").fetchall()
        evictions = [_eviction(row) for row in rows]
        return [each for each in evictions if model is None or each.concerns(model)]


_INSERT = """
    INSERT INTO evictions (
        at, wanted, need_mb, device_need_mb, free_mb, device_free_mb, victims, alternative
    )
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


def _json(leavers: Sequence[Leaver]) -> str:
    return json.dumps([asdict(each) for each in leavers], ensure_ascii=False)


def _eviction(row: sqlite3.Row) -> PastEviction:
    return PastEviction(
        datetime.fromisoformat(row["at"]),
        row["wanted"],
        Amount(row["need_mb"], row["device_need_mb"]),
        Amount(row["free_mb"], row["device_free_mb"]),
        *(_leavers(row["victims"]), _leavers(row["alternative"])),
    )


def _leavers(text: str) -> tuple[Leaver, ...]:
    return tuple(Leaver(**each) for each in json.loads(text))
