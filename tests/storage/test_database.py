"""The database: versions, damage, and many users at once."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from core.errors import StorageError
from core.storage.database import BACKUP_COMMAND, Database
from core.storage.folder import DataFolder
from core.storage.migrations import MIGRATIONS
from core.storage.runs import RunLog
from tests.storage.conftest import mode

FIRST = (
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)",
    "INSERT INTO notes VALUES (1, 'a')",
)
SECOND = ("ALTER TABLE notes ADD COLUMN kind TEXT", "UPDATE notes SET kind = 'old'")


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_pragmas_and_permissions(folder: DataFolder) -> None:
    with Database(folder.database).transaction() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert connection.execute("PRAGMA busy_timeout").fetchone()[0] == 5000
        connection.execute("DELETE FROM runs")
        for path in folder.root.glob("sarai.db*"):
            assert mode(path) == 0o600, path


def test_migrations_run_once_and_in_order(folder: DataFolder) -> None:
    Database(folder.database, [FIRST])
    assert version(folder.database) == 1
    for _ in range(2):
        with Database(folder.database, [FIRST, SECOND]).connection() as connection:
            rows = connection.execute("SELECT * FROM notes").fetchall()
        assert [tuple(row) for row in rows] == [(1, "a", "old")]
    assert version(folder.database) == 2


def test_a_migration_that_fails_leaves_no_half(folder: DataFolder) -> None:
    Database(folder.database, [FIRST])
    broken = ("UPDATE notes SET text = 'changed'", "no SQL at all")
    with pytest.raises(StorageError, match="syntax error"):
        Database(folder.database, [FIRST, broken])
    with Database(folder.database, [FIRST]).connection() as connection:
        assert connection.execute("SELECT text FROM notes").fetchone()[0] == "a"


def test_a_newer_database_is_refused(folder: DataFolder) -> None:
    Database(folder.database, [*MIGRATIONS, ("CREATE TABLE later (x)",)])
    with pytest.raises(StorageError, match="belongs to a newer SARAi") as caught:
        Database(folder.database)
    assert "Update SARAi" in caught.value.hint


@pytest.mark.parametrize("damage", [b"no database at all" * 100, None])
def test_a_damaged_file_stays_and_the_backup_is_named(
    folder: DataFolder, damage: bytes | None
) -> None:
    if damage is None:
        Database(folder.database)
        data = bytearray(folder.database.read_bytes())
        data[100:] = b"\x7f" * (len(data) - 100)
        damage = bytes(data)
    folder.database.write_bytes(damage)
    with pytest.raises(StorageError, match=r"damaged .*Nothing was deleted") as caught:
        RunLog(Database(folder.database)).last()
    assert BACKUP_COMMAND in caught.value.hint
    assert folder.database.read_bytes() == damage


def test_a_place_that_is_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="unable to open"):
        Database(tmp_path)
    with pytest.raises(StorageError, match="cannot be opened: No such file"):
        Database(tmp_path / "no" / "sarai.db")


def test_an_exception_undoes_the_transaction(folder: DataFolder) -> None:
    database = Database(folder.database, [FIRST])
    with pytest.raises(KeyError), database.transaction() as connection:
        connection.execute("DELETE FROM notes")
        raise KeyError
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone()[0] == 1


def test_foreign_errors_are_in_our_words(folder: DataFolder) -> None:
    database = Database(folder.database, [FIRST])
    with pytest.raises(StorageError, match="UNIQUE"), database.transaction() as connection:
        connection.execute("INSERT INTO notes VALUES (1, 'again')")


def test_threads_that_start_together_migrate_once(folder: DataFolder) -> None:
    # Long enough that all others have seen the old version and wait for the lock.
    fill = """
        INSERT INTO notes
        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
        SELECT i, 'b' FROM n
    """
    together, errors = threading.Barrier(4), list[StorageError]()

    def start() -> None:
        together.wait()
        try:
            Database(folder.database, [(*FIRST, fill)])
        except StorageError as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert version(folder.database) == 1


OPENER = """
import sys
from pathlib import Path
from core.errors import StorageError
from core.storage.database import Database

for line in sys.stdin:
    try:
        Database(Path(line.strip()))
        print("opened", flush=True)
    except StorageError as error:
        print(error, flush=True)
"""


def test_processes_that_start_together_do_not_collide(tmp_path: Path) -> None:
    # SQLite refuses the change to WAL without waiting, in a gap that one start in 60 hits.
    with ExitStack() as stack:
        command = [sys.executable, "-c", OPENER]
        openers = [
            stack.enter_context(Popen(command, stdin=PIPE, stdout=PIPE, text=True))
            for _ in range(4)
        ]
        for number in range(100):
            for opener in openers:
                print(tmp_path / f"{number}.db", file=opener.stdin, flush=True)
            answers = {opener.stdout.readline() for opener in openers if opener.stdout}
            assert answers == {"opened\n"}
