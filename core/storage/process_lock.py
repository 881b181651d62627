"""A lock among processes: one writes, or several read.

Owns the file that stands for it; knows nothing of what it guards. The kernel lets go of it when
a process ends, however it does.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StorageBusy, StorageError
from core.storage.private_file import make_private

PATIENCE_S = 10.0
_RETRY_S = 0.01


def lock_of(path: Path) -> Path:
    """The file that stands for the lock on a file or folder, beside it."""
    return path.with_suffix(".lock")


class ProcessLock:
    """Safe among threads too: each use opens the file anew. It cannot be taken twice by one."""

    def __init__(self, path: Path, *, patience_s: float = PATIENCE_S) -> None:
        self._path = path
        self._patience_s = patience_s

    @contextmanager
    def held(self, *, alone: bool) -> Iterator[None]:
        """Inside, nobody else holds it; or only others that do not want it alone.

        Raises: StorageBusy, when it is taken for longer than one waits; StorageError.
        """
        try:
            make_private(self._path)
            file = self._path.open("rb")
        except OSError as error:
            raise StorageError(
                f"The lock {self._path} cannot be opened: {error.strerror}.",
                hint="Check who owns the data folder, and that it may be written.",
            ) from error
        with file:
            self._take(file.fileno(), fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def _take(self, file: int, kind: int) -> None:
        give_up_s = time.monotonic() + self._patience_s
        while True:
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > give_up_s:
                    raise StorageBusy(
                        f"{self._path.stem} is in use by another program.",
                        hint="Try again when the other SARAi has finished.",
                    ) from error
                time.sleep(_RETRY_S)
            else:
                return
