"""The local log of turns and of how their answers were received.

Owns the table `feedback_turns`; keeps no words of anybody's, and knows nothing of learning.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from core.feedback.record import Context, TurnRecord
from core.feedback.signals import Signal
from core.storage.database import Database

KEPT_TURNS = 5000
"""Read at each choice that learns from them: 0.1 s then, by the measurement of this many."""
JUDGED_WITHIN = timedelta(hours=1)
"""A message that comes later is a new beginning, not an opinion."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FeedbackLog:
    """The newest turns, older ones forgotten. Threads and processes may share it: see `Database`.

    Args:
        now: the time of day, aware.
        keep: how many turns are kept.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = _utc_now,
        keep: int = KEPT_TURNS,
    ) -> None:
        self._database = database
        self._keep = keep
        self.now = now

    def append(self, turn: TurnRecord) -> None:
        """Keep a turn.

        Raises: StorageError.
        """
        with self._database.transaction() as connection:
            newest = int(connection.execute(_INSERT, _row(turn)).lastrowid or 0)
            connection.execute("DELETE FROM feedback_turns WHERE id <= ?", (newest - self._keep,))

    def judge_last(self, thread_id: str, signal: Signal) -> str | None:
        """Note what the next message told of the thread's newest turn; that turn's `run_id`.

        What was told before stands; only what the answer alone told gives way to words.
        None when there is no such turn, it was too long ago, or nothing has changed.

        Raises: StorageError.
        """
        row = {
            "thread_id": thread_id,
            "since": _stamp(self.now() - JUDGED_WITHIN),
            "signal": signal,
        }
        with self._database.transaction() as connection:
            found = connection.execute(_NEWEST, row).fetchone()
            if found is None:
                return None
            changed = connection.execute(_JUDGE, {**row, "id": found["id"]}).rowcount
        return str(found["run_id"]) if changed else None

    def rate(self, run_id: str, *, good: bool) -> bool:
        """Note what a person said of a turn with a command; whether that turn is in the log.

        Raises: StorageError.
        """
        signal: Signal = "good" if good else "bad"
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE feedback_turns SET signal = ? WHERE run_id = ?", (signal, run_id)
            ).rowcount
        return changed > 0

    def turns(self, since: datetime | None = None) -> list[TurnRecord]:
        """Every turn that is kept, or those from `since` on, oldest first.

        Raises: StorageError.
        """
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT * FROM feedback_turns WHERE at >= ? ORDER BY id",
                (_stamp(since) if since else "",),
            ).fetchall()
        return [_record(row) for row in rows]


_INSERT = """
    INSERT INTO feedback_turns (
        run_id, at, thread_id, task, difficulty, language, model, seconds, draw, signal
    )
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_NEWEST = """
    SELECT id, run_id FROM feedback_turns
    WHERE thread_id = :thread_id AND at >= :since ORDER BY id DESC LIMIT 1
"""
_JUDGE = """
    UPDATE feedback_turns SET signal = :signal
    WHERE id = :id
        AND (signal IS NULL OR signal IN ('short', 'stopped') AND :signal <> 'went_on')
"""


def _stamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be told in UTC")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _row(turn: TurnRecord) -> tuple[Any, ...]:
    draw = json.dumps(turn.draw) if turn.draw else None
    return (
        *(turn.run_id, _stamp(turn.at), turn.thread_id, *turn.context),
        *(turn.model, turn.seconds, draw, turn.signal),
    )


def _record(row: sqlite3.Row) -> TurnRecord:
    return TurnRecord(
        run_id=row["run_id"],
        at=datetime.fromisoformat(row["at"]),
        thread_id=row["thread_id"],
        context=Context(row["task"], row["difficulty"], row["language"]),
        model=row["model"],
        seconds=row["seconds"],
        draw=json.loads(row["draw"]) if row["draw"] else None,
        signal=row["signal"],
    )
