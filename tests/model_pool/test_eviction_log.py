"""Evictions on disk: what is kept, what is forgotten, and what a bad database does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import StorageError
from core.model_pool.eviction_log import EvictionLog
from core.model_pool.memory.amount import Amount
from core.model_pool.pool import ModelPool
from core.model_pool.scheduling.decisions import EvictionRecord, Leaver
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import FakeEngines, FakeModels, settings_for
from tests.model_pool.memory.machines import AloneBudget

NEEDS_MB = {"a": 60, "b": 70}

NEED, FREE = Amount(50, 20), Amount(-3, 8)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return open_data_folder(tmp_path / "home")


def read(folder: DataFolder) -> EvictionLog:
    return EvictionLog(lambda: Database(folder.database))


def record(wanted: str) -> EvictionRecord:
    leaves, stays = Leaver("a", 40, 0.125, 12), Leaver("b", 60, 0.5)
    return EvictionRecord(12.5, wanted, NEED, FREE, (leaves,), (leaves, stays))


def test_another_process_reads_what_was_kept_on_the_calendar(folder: DataFolder) -> None:
    read(folder).record(record("c"))
    (found,) = read(folder).newest_first()
    assert (found.wanted, found.need, found.free) == ("c", NEED, FREE)
    assert (found.victims, found.alternative) == (record("c").victims, record("c").alternative)
    assert timedelta(0) <= datetime.now(UTC) - found.at < timedelta(minutes=1)


def test_the_oldest_are_forgotten(folder: DataFolder) -> None:
    log = EvictionLog(lambda: Database(folder.database), keep=3)
    for wanted in "cdefg":
        log.record(record(wanted))
    assert [each.wanted for each in log.newest_first()] == ["g", "f", "e"]


def test_only_those_who_wanted_or_left_are_concerned(folder: DataFolder) -> None:
    read(folder).record(record("c"))
    counts = {name: len(read(folder).newest_first(name)) for name in "abc"}
    assert counts == {"a": 1, "b": 0, "c": 1}


def test_a_damaged_database_is_logged_when_written_and_told_when_read(
    folder: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.database.write_bytes(b"no database at all" * 100)
    read(folder).record(record("c"))
    assert "Who left for c was not recorded." in caplog.text
    with pytest.raises(StorageError, match="is damaged"):
        read(folder).newest_first()


@pytest.mark.parametrize("damaged", [False, True])
def test_the_pool_keeps_its_evictions_and_loads_without(folder: DataFolder, damaged: bool) -> None:
    if damaged:
        folder.database.write_bytes(b"no database at all" * 100)
    pool = ModelPool(
        settings_for({name: {} for name in NEEDS_MB}),
        folder,
        open_engine=FakeEngines(NEEDS_MB),
        models=FakeModels(NEEDS_MB),
        budget=AloneBudget(100),
    )
    for name in "aba":
        with pool.lease(name):
            pass
    pool.close()
    if not damaged:
        kept = [(each.wanted, each.victims[0].name) for each in read(folder).newest_first()]
        assert kept == [("a", "b"), ("b", "a")]


def test_the_reason_is_written_before_the_victim_is_closed(bench: MakeBench) -> None:
    b = bench(NEEDS_MB)
    b.use("a")
    told: list[list[str]] = []
    b.pool._loader._keep = lambda _: told.append(list(b.engines.events))
    b.use("b")
    assert told == [["loading a", "open a"]]
    assert b.pool.decisions()[0].victims[0].name == "a"
