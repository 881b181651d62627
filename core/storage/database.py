"""The SQLite database of the data folder: connections, and the version of its tables.

Owns pragmas, migrations and the wording of SQLite's errors; what each table means is said
where it is used.

Every piece of work opens a connection of its own and closes it. That is what makes a
`Database` safe to share between threads and processes. When the last connection closes,
SQLite folds its log into the file, which takes most of a millisecond; `stay_open` keeps one
idle connection against that: 0.14 instead of 1.08 ms for a recorded run (measured on two
x86-64 cores).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import StorageError
from core.storage.migrations import MIGRATIONS, Migration
from core.storage.private_file import make_private

BUSY_TIMEOUT_S = 5.0
_RETRY_S = 0.01
BACKUP_COMMAND = "sarai data backup FILE"


class Database:
    """One SQLite file, brought up to date when it is opened.

    Raises: StorageError, when the file is damaged, newer than this SARAi or unusable.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self.path = path
        self._idle: sqlite3.Connection | None = None
        try:
            make_private(path)
        except OSError as error:
            raise StorageError(
                f"The database {path} cannot be opened: {error.strerror}.",
                hint="Check who owns the data folder, and that it may be written.",
            ) from error
        try:
            _prepare(path, migrations)
        except sqlite3.Error as error:
            raise storage_error(error, path) from error

    def stay_open(self) -> None:
        """Hold one idle connection until `close`.

        Raises: StorageError, when SQLite fails.
        """
        if self._idle is None:
            try:
                self._idle = _connect(self.path)
                # Only a connection that has read the file counts as one that uses it.
                _version(self._idle)
            except sqlite3.Error as error:
                raise storage_error(error, self.path) from error

    def close(self) -> None:
        """Let go of the idle connection; safe to call twice, and without `stay_open`."""
        idle, self._idle = self._idle, None
        if idle is not None:
            idle.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection for one transaction: kept at the end, undone by any exception.

        It is a writer from the start, so two of them queue instead of failing halfway.

        Raises: StorageError, when SQLite fails.
        """
        with self.connection() as connection, _transaction(connection):
            yield connection

    def compact(self) -> None:
        """Write the file anew, so that nothing of what was deleted is left in it.

        Raises: StorageError, when SQLite fails or another program is reading the file.
        """
        with self.connection() as connection:
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StorageError(
                f"What was deleted from {self.path} is still in its log file.",
                hint="Close the other program that uses it, and try again.",
            )

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, where each statement stands for itself.

        Raises: StorageError, when SQLite fails.
        """
        try:
            with closing(_connect(self.path)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise storage_error(error, self.path) from error


def _connect(path: Path) -> sqlite3.Connection:
    # No connection is used by two threads at once, but an idle one may be closed by another.
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        # With WAL, a power cut then loses at most the newest turns and damages nothing.
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()  # of a damaged file, which is noticed only here
        raise
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    # An exception ends in the connection being closed, and that undoes the transaction.
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("COMMIT")


def _prepare(path: Path, migrations: Sequence[Migration]) -> None:
    """Switch to WAL and migrate; begin again while another process is doing the same.

    SQLite waits for locks by itself, but not always for those around the switch.
    """
    give_up_s = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            with closing(_connect(path)) as connection:
                # Readers and one writer at once; kept in the file.
                connection.execute("PRAGMA journal_mode = WAL")
                _migrate(connection, migrations, path)
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > give_up_s:
                raise
            time.sleep(_RETRY_S)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], path: Path) -> None:
    """Run what is missing, each migration in a transaction of its own."""
    if _version(connection) > len(migrations):
        raise StorageError(
            f"The database {path} belongs to a newer SARAi (version {_version(connection)}; "
            f"this one knows {len(migrations)}).",
            hint="Update SARAi, or set SARAI_HOME to another folder.",
        )
    for version, migration in enumerate(migrations, start=1):
        if _version(connection) < version:
            _apply(connection, migration, version)


def _apply(connection: sqlite3.Connection, migration: Migration, version: int) -> None:
    with _transaction(connection):
        # Asked again under the lock: another process may have been faster.
        if _version(connection) >= version:
            return
        for statement in migration:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, not only busy or unreachable."""
    return _kind(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _is_busy(error: sqlite3.Error) -> bool:
    return _kind(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _kind(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the other bytes are the detail


def storage_error(error: sqlite3.Error, path: Path) -> StorageError:
    """SQLite's error in our words."""
    if is_damage(error):
        return StorageError(
            f"The database {path} is damaged ({error}). Nothing was deleted.",
            hint=f"Save what is there with `{BACKUP_COMMAND}`, then move the file away.",
        )
    if _is_busy(error):
        return StorageError(
            f"The database {path} was in use for more than {BUSY_TIMEOUT_S:g} s.",
            hint="Close the other program that uses it, and try again.",
        )
    return StorageError(
        f"The database {path} failed: {error}.",
        hint="Check the free space of the disk and who may write the data folder.",
    )
