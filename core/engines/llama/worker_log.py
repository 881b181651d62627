"""Where a worker's stderr goes, and what it said last.

Owns the log file; knows nothing of processes or models.
"""

from __future__ import annotations

import os
import tempfile
import threading
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
        self._closing = threading.Lock()
        self._start = os.fstat(self.descriptor).st_size

    @property
    def descriptor(self) -> int:
        return self._file.fileno()

    def last_lines(self) -> str:
        """The last few lines since this object was made, as one line.

        May be empty, and is so after `close`: of several callers whose worker died, the
        first to notice closes the log while the others still ask why.
        """
        with self._closing:
            tail = b"" if self._file.closed else self._tail()
        lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines()]
        return " | ".join(list(filter(None, lines))[-TAIL_LINES:])

    def close(self) -> None:
        with self._closing:
            self._file.close()

    def _tail(self) -> bytes:
        end = os.fstat(self.descriptor).st_size
        start = max(self._start, end - TAIL_BYTES)
        return os.pread(self.descriptor, end - start, start)


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
