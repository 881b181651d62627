"""A look at an SQLite file that changes nothing, not even by side files of its own.

Owns the ways of opening one for that; knows nothing of what the tables mean.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.storage.database import BUSY_TIMEOUT_S, is_damage, storage_error

LOOKS = 3
"""Tries at a file that changes while it is read."""


@contextmanager
def opened_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write.

    SQLite leaves a log beside a database that it only reads. So while no program has the file
    open, which shows by the log that is not there, it is read as one that never changes.

    Raises: sqlite3.Error, also from the statements inside.
    """
    how = "mode=ro" if _in_use(path) else "mode=ro&immutable=1"
    uri = f"{path.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
        yield connection


def inspect_database(path: Path) -> int:
    """The version of the tables, once the whole file was found in order.

    Raises: StorageError, when it is damaged or cannot be read. Nothing was changed.
    """
    for _ in range(LOOKS):
        before = _state(path)
        try:
            return _checked_version(path)
        except sqlite3.Error as error:
            found = error
        if not is_damage(found) or _state(path) == before:
            break  # else a program wrote it meanwhile: what was read never stood there
    raise storage_error(found, path) from found


def copy_database(path: Path, copy: Path) -> None:
    """Write to `copy` what the database holds now.

    Raises: StorageError, when it is damaged or cannot be read.
    """
    try:
        with opened_for_reading(path) as source, closing(sqlite3.connect(copy)) as into:
            source.backup(into)
    except sqlite3.Error as error:
        raise storage_error(error, path) from error


def _checked_version(path: Path) -> int:
    with opened_for_reading(path) as connection:
        complaint = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if complaint != "ok":
            raise _damage(complaint)
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _damage(complaint: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(complaint.replace("\n", " "))
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _state(path: Path) -> tuple[int, int, bool]:
    """Differs after the file was written, or opened by a program that may write it."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, False)
    return found.st_size, found.st_mtime_ns, _in_use(path)


def _in_use(path: Path) -> bool:
    return path.with_name(f"{path.name}-wal").exists()
