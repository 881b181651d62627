"""Memories as rows of SQLite, and back.

Owns the statements and the columns; knows nothing of when a memory is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from core.memory.record import NewMemory, Remembered

_MANY = 500  # parameters of one statement

SELECT = (
    "SELECT memories.*, later.valid_from AS later_from FROM memories "
    "LEFT JOIN memories AS later ON later.id = memories.superseded_by"
)
INSERT = "INSERT INTO memories VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"

_BESIDE = """
    SELECT beside.id FROM memories AS mine JOIN memories AS beside ON beside.id =
        (SELECT {nearest}(id) FROM memories WHERE thread = mine.thread AND user = mine.user
         AND id {side} mine.id)
    WHERE mine.id = :id AND mine.kind = 'turn' AND beside.kind = 'turn'
    AND (mine.thread <> '' OR beside.said_at = mine.said_at)
"""
NEIGHBOURS = " UNION ALL ".join(
    _BESIDE.format(nearest=nearest, side=side) for nearest, side in (("MAX", "<"), ("MIN", ">"))
)


def row_of(new: NewMemory, digest: bytes) -> tuple[object, ...]:
    """The values of `INSERT`."""
    return (
        new.kind, new.user, new.thread, new.speaker, new.text, digest, new.said_at.timestamp(),
        new.difficulty, new.subject, _seconds(new.valid_from), _seconds(new.valid_until),
    )  # fmt: skip


def read(connection: sqlite3.Connection, ids: Sequence[int]) -> Iterator[Remembered]:
    """Those of `ids` that exist."""
    for first in range(0, len(ids), _MANY):
        some = ids[first : first + _MANY]
        marks = ", ".join("?" * len(some))
        rows = connection.execute(f"{SELECT} WHERE memories.id IN ({marks})", some)
        yield from map(remembered, rows)


def remembered(row: sqlite3.Row) -> Remembered:
    """A row of `SELECT`: a fact ends where it was told to, or where the next one begins."""
    ends = [each for each in (row["valid_until"], row["later_from"]) if each is not None]
    return Remembered(
        id=row["id"],
        kind=row["kind"],
        user=row["user"],
        thread=row["thread"],
        speaker=row["speaker"],
        text=row["text"],
        said_at=datetime.fromtimestamp(row["said_at"], UTC),
        difficulty=row["difficulty"],
        subject=row["subject"],
        valid_from=_time(row["valid_from"]),
        valid_until=_time(min(ends) if ends else None),
        superseded_by=row["superseded_by"],
    )


def _seconds(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
