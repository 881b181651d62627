"""Bytes that arrived without a file of their own, kept as files named by their content.

Owns the folder `media` and how long anything stays in it; knows nothing of formats. Checkpoints
hold neither bytes nor paths, so that no conversation needs a file after its turn.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from pathlib import Path

from core.errors import InvalidInput, StorageError
from core.storage.folder import DataFolder
from core.storage.private_file import write_private

KEPT_S = 7 * 24 * 3600.0
"""A file goes when it has not come again for so long."""
KEPT_BYTES = 2**30
"""Beyond so much in all, the oldest go earlier."""
IN_USE_S = 3600.0
"""But nothing goes that a turn may still be using."""
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class MediaStore:
    """Content-addressed files: the same bytes are stored once, whoever brings them."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder.media

    def put(self, data: bytes, suffix: str) -> Path:
        """Keep `data` for a while and give back its file. `suffix` is like `.wav`.

        Raises: InvalidInput, for an odd suffix; StorageError, when it cannot be written.
        """
        if not _SUFFIX.fullmatch(suffix):
            raise InvalidInput(
                f"{suffix!r} is no file suffix.", key="suffix", hint="Give one such as .wav."
            )
        path = self.place(hashlib.sha256(data).hexdigest() + suffix)
        try:
            if path.exists():
                os.utime(path)
            else:
                write_private(path, data)
        except OSError as error:
            raise _failed(path, "written", error) from error
        return path

    def place(self, name: str) -> Path:
        """Where a file of this name may be written; what was kept long enough goes first.

        Raises: StorageError.
        """
        self.prune()
        return self._folder / name

    def prune(self) -> None:
        """Delete what was kept long enough, and the oldest of too much. Raises: StorageError."""
        now_s = time.time()
        total_bytes = 0
        try:
            for path, status in self._newest_first():
                age_s = now_s - status.st_mtime
                total_bytes += status.st_size
                if age_s > (IN_USE_S if total_bytes > KEPT_BYTES else KEPT_S):
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise _failed(self._folder, "tidied", error) from error

    def _newest_first(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self._folder.glob("*"):
            try:
                status = path.lstat()
            except FileNotFoundError:  # another process was faster
                continue
            if stat.S_ISREG(status.st_mode):
                found.append((path, status))
        return sorted(found, key=lambda each: -each[1].st_mtime)


def _failed(path: Path, what: str, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be {what}: {error.strerror}.",
        hint="Check the free space of the disk and who may write the data folder.",
    )
