"""The record of past turns: which nodes ran, how long each took, who answered.

Owns the table `runs`; knows nothing of the graph, and keeps no words of the user's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.storage.database import Database

KEPT_RUNS = 1000


@dataclass(frozen=True, slots=True)
class Run:
    """One turn. `path` is the nodes in the order they ran; `started_at` is in UTC."""

    id: int
    started_at: datetime
    thread_id: str | None
    input_type: str | None
    route: str | None
    agent_used: str | None
    model_used: str | None
    path: tuple[str, ...]
    timings_ms: dict[str, float]
    total_ms: float
    warnings: tuple[str, ...]


class RunLog:
    """The newest runs, older ones forgotten. Threads may share it: see `Database`."""

    def __init__(self, database: Database, *, keep: int = KEPT_RUNS) -> None:
        self._database = database
        self._keep = keep

    def record(
        self,
        *,
        started_at: datetime,
        path: Sequence[str],
        timings_ms: Mapping[str, float],
        total_ms: float,
        thread_id: str | None = None,
        input_type: str | None = None,
        route: str | None = None,
        agent_used: str | None = None,
        model_used: str | None = None,
        warnings: Sequence[str] = (),
    ) -> int:
        """Keep one run and give back its id. `started_at` must know its time zone.

        Raises: StorageError.
        """
        row = (
            started_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            *(thread_id, input_type, route, agent_used, model_used),
            *(_json(list(path)), _json(dict(timings_ms)), total_ms, _json(list(warnings))),
        )
        with self._database.transaction() as connection:
            newest = int(connection.execute(_INSERT, row).lastrowid or 0)
            connection.execute("DELETE FROM runs WHERE id <= ?", (newest - self._keep,))
        return newest

    def last(self) -> Run | None:
        """The newest run; None before the first.

        Raises: StorageError.
        """
        return next(iter(self.recent(1)), None)

    def recent(self, count: int) -> list[Run]:
        """Up to `count` runs, the newest first.

        Raises: StorageError.
        """
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT * FROM runs ORDER BY id DESC LIMIT ?", (max(0, count),)
            ).fetchall()
        return [_run(row) for row in rows]


_INSERT = """
    INSERT INTO runs (started_at, thread_id, input_type, route, agent_used, model_used,
                      path, timings_ms, total_ms, warnings)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _run(row: sqlite3.Row) -> Run:
    values = dict(row)
    values["started_at"] = datetime.fromisoformat(values["started_at"])
    values["timings_ms"] = json.loads(values["timings_ms"])
    for name in ("path", "warnings"):
        values[name] = tuple(json.loads(values[name]))
    return Run(**values)
