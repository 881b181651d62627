"""The end of the feedback log: every turn, what was learned, and the file of earlier versions.

Owns what belongs to it; the caller has asked the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import StorageError
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted: so many turns, whether learning was on, whether an old log was there."""

    turns: int
    learning: bool
    earlier_log: bool


def forget_feedback(database: Database, earlier_log: Path) -> Forgotten:
    """Delete all feedback, also from the bytes of the files.

    Raises: StorageError; when it comes from the bytes alone, the turns are deleted all the same.
    """
    with database.transaction() as connection:
        turns = connection.execute("DELETE FROM feedback_turns").rowcount
        learning = connection.execute("DELETE FROM learning").rowcount
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'feedback_turns'")
    there = earlier_log.exists()
    try:
        earlier_log.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{earlier_log} cannot be deleted: {error.strerror}.", hint="Check who owns it."
        ) from error
    database.compact()
    return Forgotten(turns, learning > 0, there)
