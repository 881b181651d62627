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


def append_private(path: Path, line: bytes) -> None:
    """Append `line`, which ends with a line break; a missing file is made, a link refused.

    One write with O_APPEND, so that two processes never mix their lines. What an earlier
    write left without a line break, because it was cut off, stays on a line of its own.

    Raises: OSError.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    file = os.open(path, flags, PRIVATE_FILE_MODE)
    try:
        if _ends_torn(file):
            line = b"\n" + line
        written = os.write(file, line)
    finally:
        os.close(file)
    if written != len(line):
        raise OSError(0, f"only {written} of {len(line)} bytes fitted")


def _ends_torn(file: int) -> bool:
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"


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
