"""Files that only their owner can read.

Owns how a private file comes into being; knows nothing of what is in it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PRIVATE_FILE_MODE = 0o600
UNFINISHED_PREFIX = ".new-"  # of a file that is still being written


def make_private(path: Path) -> None:
    """Create the file if it is missing, and take it away from everyone but its owner.

    An existing one is not opened: closing it would drop the locks that SQLite may hold on
    it in this process (POSIX locks belong to the process, not to the open file).

    Raises: OSError.
    """
    if not path.exists():
        path.touch(PRIVATE_FILE_MODE)
    if path.stat().st_mode & 0o077:
        path.chmod(PRIVATE_FILE_MODE)


def write_private(path: Path, data: bytes) -> None:
    """Put `data` there at once: a reader, or a power cut, sees all of it or nothing.

    Raises: OSError.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED_PREFIX)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
