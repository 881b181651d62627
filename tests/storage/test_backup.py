"""The data folder as a whole: saved, and deleted."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StorageError
from core.model_pool.memory.shared_ledger import SharedLedger
from core.storage.backup import backup, delete
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder
from core.storage.media_store import MediaStore
from core.storage.runs import RunLog
from tests.storage.conftest import mode
from tests.storage.test_runs import record


@pytest.fixture
def full(folder: DataFolder) -> DataFolder:
    """A data folder with something of everything."""
    record(RunLog(Database(folder.database)))
    with closing(sqlite3.connect(folder.checkpoints)) as connection:
        connection.execute("CREATE TABLE checkpoints (x)")
    folder.feedback_log.write_text("{}\n")
    folder.prompt_history.write_text("+hola\n")
    MediaStore(folder).put(b"sound", ".wav")
    again = (
        folder.models / "m.gguf",
        folder.states / "m.states",
        folder.logs / "l.log",
        folder.runs / "r.lock",
    )
    folder.runs.mkdir()
    for path in again:
        path.write_text("again")
    with closing(SharedLedger(folder.reservations)) as ledger:
        ledger.others()  # which leaves its lock behind
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "saved.tar.gz"


def unpacked(target: Path, root: Path) -> Path:
    with tarfile.open(target) as archive:
        archive.extractall(root, filter="data")
    return root


def restored(target: Path, root: Path) -> DataFolder:
    return open_data_folder(unpacked(target, root))


def names(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}


def test_a_backup_can_be_restored(full: DataFolder, target: Path, tmp_path: Path) -> None:
    assert backup(full, target) == target
    assert mode(target) == 0o600
    copy = restored(target, tmp_path / "copy")
    (media,) = (path.name for path in full.media.iterdir())
    words = {"feedback.jsonl", "prompt_history"}
    assert names(copy.root) == {"sarai.db", "threads.db", f"media/{media}"} | words
    assert mode(copy.database) == 0o600
    assert RunLog(Database(copy.database)).last() == RunLog(Database(full.database)).last()


@pytest.fixture
def writer(full: DataFolder) -> Iterator[sqlite3.Connection]:
    """A connection that has committed a run to the write-ahead log and goes on."""
    with closing(sqlite3.connect(full.database, isolation_level=None)) as connection:
        record(RunLog(Database(full.database)))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM runs")
        yield connection


def test_a_database_in_use_is_saved_as_of_one_moment(
    full: DataFolder, target: Path, tmp_path: Path, writer: sqlite3.Connection
) -> None:
    assert writer.in_transaction
    backup(full, target)
    copy = restored(target, tmp_path / "copy")
    assert "sarai.db-wal" not in names(copy.root)
    assert len(RunLog(Database(copy.database)).recent(9)) == 2


def damage_pages(data: bytes) -> bytes:
    return data[:16] + b"\xff" * (len(data) - 16)


def damage_header(data: bytes) -> bytes:
    return b"x" * len(data)


@pytest.mark.parametrize("damage", [damage_pages, damage_header])
def test_a_damaged_database_is_saved_as_it_is(
    full: DataFolder, target: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    damaged = damage(full.database.read_bytes())
    full.database.write_bytes(damaged)
    copy = unpacked(backup(full, target), tmp_path / "copy")
    assert (copy / "sarai.db").read_bytes() == damaged


def test_nothing_is_overwritten(full: DataFolder, target: Path) -> None:
    target.write_text("precious")
    with pytest.raises(StorageError, match="not overwritten"):
        backup(full, target)
    assert target.read_text() == "precious"


def test_not_into_the_data_folder(full: DataFolder) -> None:
    with pytest.raises(StorageError, match="inside the data folder"):
        backup(full, full.root / "saved.tar.gz")


@pytest.mark.slow  # waits until SQLite gives up
def test_a_backup_that_fails_leaves_nothing(full: DataFolder, target: Path) -> None:
    with closing(sqlite3.connect(full.database, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="in use"):
            backup(full, target)
    assert not target.exists()


def test_a_target_without_folder_is_an_error(full: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be made: No such file"):
        backup(full, tmp_path / "no" / "saved.tar.gz")


def test_delete_leaves_models_and_what_is_not_ours(full: DataFolder) -> None:
    (full.root / "notes.txt").write_text("mine")
    assert delete(full) == [full.models, full.root / "notes.txt"]
    assert names(full.root) == {"models/m.gguf", "notes.txt"}


def test_delete_everything(full: DataFolder) -> None:
    assert delete(full, include_models=True) == []
    assert not full.root.exists()


def test_delete_removes_a_link_and_not_its_target(full: DataFolder, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    full.media.rename(disk)
    full.media.symlink_to(disk)
    delete(full, include_models=True)
    assert not full.root.exists()
    assert len(list(disk.iterdir())) == 1


def test_delete_knows_every_place_of_the_folder(folder: DataFolder) -> None:
    places = [name for name, kind in vars(DataFolder).items() if isinstance(kind, property)]
    assert "feedback_log" in places
    for name in places:
        path: Path = getattr(folder, name)
        if not path.exists():
            path.touch()
    assert delete(folder, include_models=True) == []
