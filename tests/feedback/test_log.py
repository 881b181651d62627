"""The log of turns: what it keeps, what it learns of a turn later, and what it forgets."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from core.errors import StorageError
from core.feedback.log import JUDGED_WITHIN, FeedbackLog
from core.feedback.record import Context, TurnRecord
from core.feedback.signals import Signal
from core.state import State
from core.storage.database import Database
from core.storage.migrations import MIGRATIONS
from tests.feedback.turns import NOON, turn


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sarai.db"


@pytest.fixture
def log(path: Path) -> FeedbackLog:
    return log_at(path, NOON)


def log_at(path: Path, now: datetime, *, keep: int = 100) -> FeedbackLog:
    return FeedbackLog(Database(path), now=lambda: now, keep=keep)


def finished_turn() -> State:
    return {
        "input": "¿Cómo ordeno una lista de calamares?",
        "response": "Con sorted(), calamar.",
        "thread_id": "casa",
        "input_type": "text",
        "model_used": "small",
        "language": "es",
        "task": "coding",
        "scores": {"hard": 0.5, "soft": 0.1, "web_query": 0.0, "doc_match": 0.0},
        "finish_reason": "stop",
        "warnings": ["calamar"],
        "timings_ms": {"classify": 0.5, "tiny": 1500.0},
        "model_draw": {"default": "small", "chosen": "small", "shares": {"small": 0.9, "b": 0.1}},
    }


def test_what_is_appended_is_read_back_oldest_first(log: FeedbackLog) -> None:
    made = [TurnRecord.of(finished_turn(), run_id=name, at=NOON) for name in ("a", "b")]
    for each in made:
        log.append(each)
    assert log.turns() == made
    assert made[0] == TurnRecord(
        run_id="a",
        at=NOON,
        thread_id="casa",
        context=Context("coding", "medium", "es"),
        model="small",
        seconds=1.5005,
        draw={"default": "small", "chosen": "small", "shares": {"small": 0.9, "b": 0.1}},
        signal="short",
    )


def test_an_answer_of_earlier_tells_nothing_of_a_models_speed(log: FeedbackLog) -> None:
    turn: State = {**finished_turn(), "cached_at": "2026-01-01T00:00:00+00:00"}
    record = TurnRecord.of(turn, run_id="a", at=NOON)
    assert (record.model, record.draw, record.thread_id) == (None, None, "casa")


def test_no_word_of_anybody_is_kept(log: FeedbackLog, path: Path) -> None:
    log.append(TurnRecord.of(finished_turn(), run_id="a", at=NOON))
    for file in path.parent.glob("sarai.db*"):
        assert b"calamar" not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("change", [{"response": ""}, {"response": None}, {"thread_id": None}])
def test_a_turn_that_nobody_remembers_is_of_no_thread(change: dict[str, None]) -> None:
    state: State = {**finished_turn(), **change}  # type: ignore[typeddict-item]
    assert TurnRecord.of(state, run_id="a", at=NOON).thread_id is None


def test_a_private_turn_is_of_no_thread() -> None:
    assert TurnRecord.of(finished_turn(), run_id="a", at=NOON, private=True).thread_id is None


def test_a_bare_state_has_a_record_too(log: FeedbackLog) -> None:
    bare = TurnRecord.of({}, run_id="a", at=NOON)
    assert bare.context == ("text", "easy", "es")
    assert (bare.model, bare.seconds, bare.signal) == (None, 0.0, None)
    log.append(bare)
    assert log.turns() == [bare]


def test_the_time_is_told_in_utc(log: FeedbackLog) -> None:
    madrid = NOON.astimezone(timezone(timedelta(hours=2)))
    log.append(TurnRecord.of({}, run_id="a", at=madrid))
    assert log.turns()[0].at == NOON
    with pytest.raises(ValueError, match="zone"):
        log.append(replace(turn("b"), at=NOON.replace(tzinfo=None)))


def test_turns_since_a_day(log: FeedbackLog) -> None:
    for days in (3, 2, 1):
        log.append(turn(str(days), at=NOON - timedelta(days=days)))
    since = log.turns(since=NOON - timedelta(days=2))
    assert [each.run_id for each in since] == ["2", "1"]


def test_the_next_message_judges_the_newest_turn_of_its_thread(log: FeedbackLog) -> None:
    log.append(turn("first"))
    log.append(turn("second"))
    log.append(replace(turn("elsewhere"), thread_id="other"))
    assert log.judge_last("casa", "thanks") == "second"
    assert [each.signal for each in log.turns()] == [None, "thanks", None]
    assert log.judge_last("nowhere", "thanks") is None


def test_a_message_that_comes_late_judges_nothing(path: Path) -> None:
    log_at(path, NOON).append(turn())
    late = log_at(path, NOON + JUDGED_WITHIN + timedelta(seconds=1))
    assert late.judge_last("casa", "repetition") is None
    assert log_at(path, NOON + JUDGED_WITHIN).judge_last("casa", "repetition") == "a"


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        (None, "went_on", "went_on"),
        ("short", "went_on", "short"),
        ("short", "thanks", "thanks"),
        ("stopped", "objection", "objection"),
        ("bad", "thanks", "bad"),
        ("good", "repetition", "good"),
        ("thanks", "objection", "thanks"),
    ],
)
def test_what_was_told_stands_and_what_was_guessed_gives_way(
    log: FeedbackLog, before: Signal | None, told: Signal, after: Signal
) -> None:
    log.append(turn(signal=before))
    judged = log.judge_last("casa", told)
    assert log.turns()[0].signal == after
    assert judged == ("a" if after != before else None)


def test_a_command_counts_before_everything_and_the_last_one_stands(log: FeedbackLog) -> None:
    log.append(turn(signal="thanks"))
    assert log.rate("a", good=False)
    assert log.turns()[0].signal == "bad"
    assert log.rate("a", good=True)
    assert log.turns()[0].signal == "good"
    assert not log.rate("nobody", good=True)


def test_the_oldest_turns_are_forgotten(path: Path) -> None:
    log = log_at(path, NOON, keep=3)
    for number in range(5):
        log.append(turn(str(number)))
    assert [each.run_id for each in log.turns()] == ["2", "3", "4"]


def test_a_database_of_an_earlier_version_is_brought_up_to_date(path: Path) -> None:
    before = next(n for n, step in enumerate(MIGRATIONS) if "feedback_turns" in step[0])
    with Database(path, MIGRATIONS[:before]).transaction() as connection:
        connection.execute(
            "INSERT INTO runs (started_at, path, timings_ms, total_ms, warnings)"
            " VALUES ('2026-01-01', '[]', '{}', 1, '[]')"
        )
    log = log_at(path, NOON)
    log.append(turn())
    assert log.turns() == [turn()]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_what_sqlite_refuses_is_a_storage_error(log: FeedbackLog, path: Path) -> None:
    log.append(turn())
    with pytest.raises(StorageError, match="UNIQUE"):
        log.append(turn())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE feedback_turns")
    fails: list[Callable[[], object]] = [
        lambda: log.append(turn("b")),
        log.turns,
        lambda: log.rate("a", good=True),
        lambda: log.judge_last("casa", "thanks"),
    ]
    for fail in fails:
        with pytest.raises(StorageError):
            fail()


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from core.feedback.log import FeedbackLog
from core.storage.database import Database
from tests.feedback.turns import turn
log = FeedbackLog(Database(Path(sys.argv[1])))
sys.stdin.readline()
for number in range(50):
    log.append(replace(turn(f"{sys.argv[2]}{number}"), thread_id=sys.argv[2], at=log.now()))
    log.judge_last(sys.argv[2], "thanks")
"""


def test_two_processes_log_and_judge_beside_each_other(path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), letter],
            stdin=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for letter in "ab"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0, 0]
    turns = log_at(path, NOON, keep=1000).turns()
    assert {each.signal for each in turns} == {"thanks"}
    assert [sum(each.thread_id == letter for each in turns) for letter in "ab"] == [50, 50]
