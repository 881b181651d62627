"""Results under a digest of all that they follow from, to be given again.

Owns how many are kept and for how long; what a result is and what its digest is made of is
said where they are used.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.storage.database import Database
from core.storage.migrations import Migration

RESULTS: Migration = (
    """
    CREATE TABLE results (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,   -- digest of all that the result follows from
        result TEXT NOT NULL,       -- JSON
        made_at REAL NOT NULL DEFAULT 0  -- seconds since 1970
    )
    """,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A result as it was put there, `made_at_s` seconds after 1970."""

    result: str
    made_at_s: float


class KeptResults:
    """The table `results` of a database. Threads may share it: see `Database`.

    Args:
        database: opens it, at the first use.
        keep: how many, the newest.
        ttl_s: for how many seconds; None: as long as there is room.
    """

    def __init__(
        self,
        database: Callable[[], Database],
        *,
        keep: int,
        ttl_s: float | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._keep = keep
        self._ttl_s = ttl_s
        self._now_s = now_s

    def get(self, key: str) -> Kept | None:
        """What is kept under `key`, if it is not too old. Raises: StorageError."""
        with self._database().connection() as connection:
            row = connection.execute(
                "SELECT result, made_at FROM results WHERE key = ? AND made_at > ?",
                (key, self._oldest_s()),
            ).fetchone()
        return None if row is None else Kept(row["result"], row["made_at"])

    def put(self, key: str, result: str) -> None:
        """Keep it, instead of what was there; the oldest and what is too old go. Raises:
        StorageError."""
        with self._database().transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO results (key, result, made_at) VALUES (?, ?, ?)",
                (key, result, self._now_s()),
            )
            connection.execute(
                "DELETE FROM results WHERE made_at <= ? "
                "OR id NOT IN (SELECT id FROM results ORDER BY id DESC LIMIT ?)",
                (self._oldest_s(), self._keep),
            )

    def clear(self) -> int:
        """Delete all, also from the bytes of the file; how many there were.

        Raises: StorageError; when it comes from the bytes alone, the results are deleted all
        the same.
        """
        database = self._database()
        with database.transaction() as connection:
            count = connection.execute("DELETE FROM results").rowcount
        database.compact()
        return count

    def _oldest_s(self) -> float:
        return -1.0 if self._ttl_s is None else self._now_s() - self._ttl_s
