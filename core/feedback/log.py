"""The local log of turns: one JSON line each, only ever appended.

Owns the file; knows nothing of what the turns were about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import StorageError
from core.feedback.record import turn_record
from core.state import State
from core.storage.private_file import append_private


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FeedbackLog:
    """Appends to the log. Safe to share among threads, and with other processes.

    Args:
        path: the log; created at the first turn, readable by its owner alone.
        store_text: keep the words of each turn too, not only figures.
        now: the time of day, aware.
    """

    def __init__(
        self, path: Path, *, store_text: bool, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._path = path
        self._store_text = store_text
        self._now = now

    def append(self, state: State, *, run_id: str, private: bool = False) -> dict[str, Any]:
        """Log a finished turn and return its record; without its words when `private`.

        Raises: StorageError, when the file cannot be written; the turn itself stands.
        """
        record = turn_record(
            state,
            run_id=run_id,
            finished_at=self._now(),
            store_text=self._store_text and not private,
        )
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        try:
            # Half a surrogate pair, as a terminal may give, becomes JSON's own escape.
            append_private(self._path, line.encode(errors="backslashreplace") + b"\n")
        except OSError as error:
            raise StorageError(
                f"The feedback log {self._path} cannot be written: {error.strerror}.",
                hint="Free some space or fix its permissions, or set feedback.enabled to false.",
            ) from error
        return record


@dataclass(frozen=True, slots=True)
class LogContents:
    """`damaged_lines` are the numbers (from 1) of lines that are no record."""

    records: tuple[dict[str, Any], ...]
    damaged_lines: tuple[int, ...]


def read_records(path: Path) -> LogContents:
    """Every whole record of the log, oldest first; a missing log has none.

    Raises: StorageError, when the file is there but cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return LogContents((), ())
    except OSError as error:
        raise StorageError(
            f"The feedback log {path} cannot be read: {error.strerror}.",
            hint="Check its permissions.",
        ) from error
    parsed = list(_parsed(lines))
    return LogContents(
        tuple(record for _, record in parsed if record is not None),
        tuple(number for number, record in parsed if record is None),
    )


def _parsed(lines: list[bytes]) -> Iterator[tuple[int, dict[str, Any] | None]]:
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            record = json.loads(line)
        except ValueError:  # also what is no UTF-8
            record = None
        yield number, record if isinstance(record, dict) else None
