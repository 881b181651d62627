"""The record of past turns."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

from core.storage.database import Database
from core.storage.folder import DataFolder
from core.storage.runs import Run, RunLog

NOON = datetime(2026, 5, 4, 12, 0, 0, 250_000, tzinfo=UTC)


def record(log: RunLog, total_ms: float = 1.0) -> int:
    return log.record(started_at=NOON, path=["classify"], timings_ms={}, total_ms=total_ms)


def test_a_run_comes_back_whole(folder: DataFolder) -> None:
    log = RunLog(Database(folder.database))
    number = log.record(
        started_at=NOON.astimezone(timezone(timedelta(hours=2))),
        thread_id="t",
        input_type="text",
        route="expert",
        agent_used="expert",
        model_used="solar_gguf",
        path=["detect_input_type", "classify", "weigh"],
        timings_ms={"classify": 1.5, "total": 3.25},
        total_ms=3.25,
        warnings=["El modelo tardó más de lo previsto."],
    )
    assert log.last() == Run(
        number,
        NOON,
        "t",
        "text",
        "expert",
        "expert",
        "solar_gguf",
        ("detect_input_type", "classify", "weigh"),
        {"classify": 1.5, "total": 3.25},
        3.25,
        ("El modelo tardó más de lo previsto.",),
    )


def test_times_are_stored_in_utc(folder: DataFolder) -> None:
    database = Database(folder.database)
    local = NOON.astimezone(timezone(timedelta(hours=2)))
    RunLog(database).record(started_at=local, path=[], timings_ms={}, total_ms=1)
    with database.connection() as connection:
        stored = connection.execute("SELECT started_at FROM runs").fetchone()[0]
    assert stored == "2026-05-04T12:00:00.250+00:00"


def test_the_newest_comes_first(folder: DataFolder) -> None:
    log = RunLog(Database(folder.database))
    assert log.last() is None
    assert log.recent(5) == []
    numbers = [record(log, total_ms) for total_ms in (1, 2, 3)]
    assert [run.total_ms for run in log.recent(2)] == [3, 2]
    last = log.last()
    assert last is not None
    assert last.id == numbers[-1]


def test_old_runs_are_forgotten(folder: DataFolder) -> None:
    log = RunLog(Database(folder.database), keep=3)
    numbers = [record(log) for _ in range(5)]
    assert [run.id for run in log.recent(100)] == numbers[:1:-1]


def test_threads_share_a_log(folder: DataFolder) -> None:
    log = RunLog(Database(folder.database))
    numbers: list[int] = []
    threads = [
        threading.Thread(target=lambda: numbers.extend(record(log) for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 41))
    assert len(log.recent(100)) == 40
