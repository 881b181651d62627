"""Who carries out a run: one thread of one process at a time.

Owns the lock of each run, a file that the system unlocks however its process ends; knows nothing
of what a run does. A file that can be locked belongs to nobody.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import RunInProgress, StorageError
from core.storage.folder import PRIVATE_FOLDER_MODE
from core.storage.private_file import PRIVATE_FILE_MODE

SUFFIX = ".lock"


class RunOwners:
    """The locks of one folder. Threads and processes may share it.

    Raises: StorageError, from every method, when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def owned(self, run_id: str) -> Iterator[None]:
        """While inside, nobody else carries out this run. Raises: RunInProgress."""
        with self._failures():
            file = self._locked(run_id)
        if file is None:
            raise RunInProgress(run_id, self._owner(run_id))
        try:
            yield
        finally:
            self._path(run_id).unlink(missing_ok=True)  # before the lock goes, or it is another's
            os.close(file)

    def in_progress(self, run_id: str) -> bool:
        """Whether somebody carries it out at this moment."""
        with self._failures():
            if not self._path(run_id).exists():
                return False
        try:
            with self.owned(run_id):
                return False
        except RunInProgress:
            return True

    def _locked(self, run_id: str) -> int | None:
        """The run's own file, locked; None when somebody else has it."""
        path = self._path(run_id)
        self._folder.mkdir(mode=PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)
        while True:
            file = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE_MODE)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is_at(file, path):
                    os.truncate(file, 0)
                    os.write(file, str(os.getpid()).encode())
                    return file
            except BlockingIOError:
                os.close(file)
                return None
            except OSError:
                os.close(file)
                raise
            os.close(file)  # its owner deleted it meanwhile

    def _owner(self, run_id: str) -> str:
        try:
            return self._path(run_id).read_text(encoding="ascii")
        except OSError:  # it has just ended
            return ""

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}{SUFFIX}"

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"Who carries out a run cannot be kept in {self._folder}: {error.strerror}.",
                hint="Check who may write the data folder, or set SARAI_HOME to another one.",
            ) from error


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
