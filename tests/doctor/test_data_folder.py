"""The data folder: written to for a moment, its databases read, nothing changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.doctor import Surroundings
from core.doctor.checks.data_folder import check_data_folder
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder
from core.storage.migrations import MIGRATIONS
from tests.doctor.surroundings import by_subject, only, surroundings


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    found = surroundings(tmp_path / "m")
    open_data_folder(found.data.root)
    return found


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every path below, with its mode and content."""
    return {
        str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in root.rglob("*")
    }


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m")
    found = only(check_data_folder, around)
    assert (found.status, found.found) == (
        "ok",
        f"{around.data.root} will be made when it is needed",
    )
    assert not around.data.root.exists()


def test_a_sound_folder_is_left_as_it_was(around: Surroundings) -> None:
    Database(around.data.database)
    Database(around.data.checkpoints, ())
    before = tree(around.data.root)
    found = by_subject(check_data_folder, around)
    assert {finding.status for finding in found.values()} == {"ok"}
    assert found["sarai.db"].found == f"whole, version {len(MIGRATIONS)}"
    assert found["threads.db"].found == "whole"
    assert tree(around.data.root) == before


def test_a_database_in_use_is_read_beside_its_user(around: Surroundings) -> None:
    database = Database(around.data.database)
    database.stay_open()
    with database.transaction() as connection:
        connection.execute("PRAGMA user_version")
        assert by_subject(check_data_folder, around)["sarai.db"].status == "ok"
    database.close()


def test_an_older_database_is_told_and_not_brought_up_to_date(around: Surroundings) -> None:
    Database(around.data.database, MIGRATIONS[:1])
    found = by_subject(check_data_folder, around)["sarai.db"]
    assert found.found == f"whole, version 1; the next start brings it to {len(MIGRATIONS)}"
    with closing(sqlite3.connect(around.data.database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_newer_database_is_a_failure(around: Surroundings) -> None:
    Database(around.data.database, (*MIGRATIONS, ("CREATE TABLE t (x)",)))
    found = by_subject(check_data_folder, around)["sarai.db"]
    assert found.status == "fail"
    assert "newer SARAi" in found.found
    assert "Update SARAi" in found.cure


def test_a_damaged_database_is_named_with_its_cure(around: Surroundings) -> None:
    Database(around.data.database)
    content = bytearray(around.data.database.read_bytes())
    content[4096:8192] = bytes(range(256)) * 16
    around.data.database.write_bytes(content)
    around.data.checkpoints.write_bytes(b"no database at all, but long enough to be one" * 100)
    found = by_subject(check_data_folder, around)
    for name in ("sarai.db", "threads.db"):
        assert found[name].status == "fail"
        assert "is damaged" in found[name].found
        assert "sarai data backup" in found[name].cure
    assert around.data.database.read_bytes() == content


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else(around: Surroundings) -> None:
    around.data.root.chmod(0o500)
    found = only(check_data_folder, around)
    around.data.root.chmod(0o700)
    assert found.status == "fail"
    assert "cannot be written: Permission denied" in found.found
    assert "SARAI_HOME" in found.cure


def test_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    around = surroundings(tmp_path / "m", data=DataFolder(tmp_path / "file" / "home"))
    found = only(check_data_folder, around)
    assert found.status == "fail"
    assert f"{tmp_path}/file may not be written" in found.found
    around = surroundings(tmp_path / "m", data=DataFolder(tmp_path / "file"))
    assert only(check_data_folder, around).found == f"{tmp_path}/file is not a folder"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a file system that refuses")
def test_a_folder_that_takes_no_file(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m", data=DataFolder(Path("/proc/self")))
    found = only(check_data_folder, around)
    assert found.status == "fail"
    assert found.found.startswith("/proc/self cannot be written: ")
