"""Databases that are read without a trace, also while others write them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StorageError
from core.storage.database import Database
from core.storage.inspection import copy_database, inspect_database, opened_for_reading
from core.storage.migrations import MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "with space#?.db"  # signs that mean something in a URI


def test_the_version_is_told_and_no_file_is_left(path: Path) -> None:
    Database(path)
    assert inspect_database(path) == len(MIGRATIONS)
    assert list(path.parent.iterdir()) == [path]


def test_what_was_not_folded_in_yet_is_seen(path: Path, tmp_path: Path) -> None:
    database = Database(path, (("CREATE TABLE t (x)",),))
    database.stay_open()
    with database.transaction() as connection:
        connection.execute("INSERT INTO t VALUES (7)")
    assert inspect_database(path) == 1
    copy_database(path, tmp_path / "copy.db")
    database.close()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT x FROM t").fetchall() == [(7,)]


def test_nothing_can_be_written(path: Path) -> None:
    Database(path)
    with opened_for_reading(path) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("CREATE TABLE t (x)")


CHANGES = """
import sys
from pathlib import Path
from core.storage.inspection import inspect_database

path = Path(sys.argv[1])
whole = path.read_bytes()
contents = [whole[:4096] + bytes(len(whole) - 4096), whole]

def change(event, _):
    if event == "sqlite3.connect/handle" and contents:
        path.write_bytes(contents.pop(0))

sys.addaudithook(change)
print(inspect_database(path))
"""


def test_a_file_that_changes_while_it_is_read_is_read_again(path: Path) -> None:
    """In a process of its own: no hook can be taken out again."""
    Database(path)
    command = [sys.executable, "-c", CHANGES, str(path)]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{len(MIGRATIONS)}\n", "")


@pytest.mark.parametrize("start", [0, 100, 4096])
def test_damage_is_told_and_nothing_is_changed(path: Path, start: int) -> None:
    Database(path)
    content = bytearray(path.read_bytes())
    content[start : start + 2000] = bytes(range(250)) * 8
    path.write_bytes(content)
    with pytest.raises(StorageError, match="is damaged"):
        inspect_database(path)
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="failed"):
        inspect_database(tmp_path / "absent.db")
    assert list(tmp_path.iterdir()) == []
