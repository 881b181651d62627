import json
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from core.errors import StorageError
from core.feedback.log import FeedbackLog, read_records
from core.feedback.record import turn_record
from core.state import State

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def finished_turn() -> State:
    return {
        "input": "¿Cómo estás?\n¿Bien?",
        "response": "Muy bien.",
        "transcript": None,
        "thread_id": "casa",
        "input_type": "text",
        "route": "tiny",
        "agent_used": "tiny",
        "model_used": "lfm2_1_2b",
        "language": "es",
        "task": "simple",
        "scores": {"hard": 0.0, "soft": 0.1, "web_query": 0.0, "doc_match": 0.0},
        "alpha": 0.6,
        "tone_style": "neutral_support",
        "finish_reason": "stop",
        "warnings": ["one", "two"],
        "timings_ms": {"classify": 0.1, "total": 812.5},
        "usage": {
            "calls": 1,
            "prompt_tokens": 20,
            "reused_tokens": 0,
            "completion_tokens": 4,
            "memory_mb": 700.0,
        },
    }


def log_at(path: Path, *, store_text: bool = True) -> FeedbackLog:
    return FeedbackLog(path, store_text=store_text, now=lambda: NOON)


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    log = log_at(tmp_path / "log.jsonl")
    written = [log.append(finished_turn(), run_id=name) for name in ("a", "b")]
    contents = read_records(tmp_path / "log.jsonl")
    assert list(contents.records) == written
    assert contents.damaged_lines == ()
    assert written[0] == {
        "schema": 1,
        "time": "2026-05-04T12:00:00.000+00:00",
        "run_id": "a",
        "thread_id": "casa",
        "input_type": "text",
        "route": "tiny",
        "agent_used": "tiny",
        "model_used": "lfm2_1_2b",
        "language": "es",
        "task": "simple",
        "scores": {"hard": 0.0, "soft": 0.1, "web_query": 0.0, "doc_match": 0.0},
        "alpha": 0.6,
        "tone_style": "neutral_support",
        "finish_reason": "stop",
        "total_ms": 812.5,
        "prompt_tokens": 20,
        "completion_tokens": 4,
        "warnings": 2,
        "input": "¿Cómo estás?\n¿Bien?",
        "transcript": None,
        "response": "Muy bien.",
    }


def test_without_store_text_no_word_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log_at(path, store_text=False).append(finished_turn(), run_id="a")
    kept = path.read_text(encoding="utf-8")
    assert "bien" not in kept.lower()
    assert "one" not in json.loads(kept).values()
    assert json.loads(kept)["completion_tokens"] == 4


def test_half_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    log_at(tmp_path / "log.jsonl").append({"input": "mal \udce1"}, run_id="a")
    assert read_records(tmp_path / "log.jsonl").records[0]["input"] == "mal \udce1"


def test_a_bare_state_has_a_record_too() -> None:
    record = turn_record({}, run_id="a", finished_at=NOON, store_text=True)
    assert record["route"] is record["total_ms"] is record["prompt_tokens"] is None
    assert record["warnings"] == 0


def test_the_time_is_told_in_utc() -> None:
    madrid = NOON.astimezone(timezone(timedelta(hours=2)))
    record = turn_record({}, run_id="a", finished_at=madrid, store_text=False)
    assert record["time"] == "2026-05-04T12:00:00.000+00:00"
    with pytest.raises(ValueError, match="zone"):
        turn_record({}, run_id="a", finished_at=NOON.replace(tzinfo=None), store_text=False)


def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log_at(path).append(finished_turn(), run_id="a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_torn_last_line_is_reported_and_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log = log_at(path)
    log.append(finished_turn(), run_id="a")
    with path.open("ab") as file:
        file.write(b'{"schema": 1, "run_id": "to')
    assert read_records(path).damaged_lines == (2,)
    log.append(finished_turn(), run_id="b")
    contents = read_records(path)
    assert [record["run_id"] for record in contents.records] == ["a", "b"]
    assert contents.damaged_lines == (2,)


def test_lines_that_are_no_record_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'[1]\n\xff\xfe\n\n{"run_id":"a"}\n')
    contents = read_records(path)
    assert contents.records == ({"run_id": "a"},)
    assert contents.damaged_lines == (1, 2)


def test_a_missing_log_is_empty(tmp_path: Path) -> None:
    assert read_records(tmp_path / "none").records == ()


def test_failures_are_storage_errors(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be written.*feedback\.enabled"):
        log_at(tmp_path / "no" / "folder").append(finished_turn(), run_id="a")
    with pytest.raises(StorageError, match="cannot be read"):
        read_records(tmp_path)


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("")
    (tmp_path / "log").symlink_to(tmp_path / "real")
    with pytest.raises(StorageError):
        log_at(tmp_path / "log").append(finished_turn(), run_id="a")
    assert (tmp_path / "real").read_text() == ""


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The kernel cuts a write short at this size, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_short_write_is_an_error_and_the_log_recovers(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log = log_at(path)
    with files_of_at_most(100), pytest.raises(StorageError, match="cannot be written: only 100"):
        log.append(finished_turn(), run_id="a")
    log.append(finished_turn(), run_id="b")
    contents = read_records(path)
    assert [record["run_id"] for record in contents.records] == ["b"]
    assert contents.damaged_lines == (1,)


WRITER = """
import sys
from pathlib import Path
from core.feedback.log import FeedbackLog
log = FeedbackLog(Path(sys.argv[1]), store_text=True)
sys.stdin.readline()
for turn in range(200):
    log.append({"input": sys.argv[2] * 5000}, run_id=sys.argv[2])
"""


def test_two_processes_never_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter], stdin=subprocess.PIPE)
        for letter in "ab"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0, 0]
    contents = read_records(path)
    assert contents.damaged_lines == ()
    assert [sum(r["run_id"] == letter for r in contents.records) for letter in "ab"] == [200, 200]
    assert all(record["input"] == record["run_id"] * 5000 for record in contents.records)
