"""Where a worker's stderr goes, and what it said last.

Owns the log file; knows nothing of processes or models.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from core.errors import StorageError

PRIVATE_MODE = 0o600
TAIL_BYTES = 4096
TAIL_LINES = 4


class WorkerLog:
    """A file that a worker writes to: `path`, appended to, or a nameless temporary one.

    Raises: StorageError, when it cannot be opened.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file = _open(path)
        self._start = os.fstat(self.descriptor).st_size

    @property
    def descriptor(self) -> int:
        return self._file.fileno()

    def last_lines(self) -> str:
        """The last few lines since this object was made, as one line; may be empty."""
        end = os.fstat(self.descriptor).st_size
        start = max(self._start, end - TAIL_BYTES)
        text = os.pread(self.descriptor, end - start, start).decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return " | ".join(lines[-TAIL_LINES:])

    def close(self) -> None:
        self._file.close()


def _open(path: Path | None) -> BinaryIO:
    if path is None:
        return tempfile.TemporaryFile(buffering=0)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE_MODE)
    except OSError as error:
        raise StorageError(
            f"The log {path} cannot be written: {error.strerror}.",
            hint="Check the permissions of the data folder.",
        ) from error
    return os.fdopen(descriptor, "rb+", buffering=0)
