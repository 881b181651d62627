"""A file of the user's code: read as it is, and written so that nothing is lost.

Owns reading, the backup and the exchange; knows nothing of what is changed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidInput, StorageError

MOST_BYTES = 512 * 1024
BACKUP_SUFFIX = ".before-fix"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """`path` is where it truly lies; `code` keeps its line ends."""

    path: Path
    code: str

    def project(self) -> Path:
        """The repository that it lies in, else its folder."""
        return next(
            (each for each in self.path.parents if (each / ".git").exists()), self.path.parent
        )


def read_source(name: str) -> SourceFile:
    """Raises: InvalidInput: missing, no file, too large, or no UTF-8 text."""
    path = Path(name).expanduser()
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise InvalidInput(f"{name} is no file.", key="file")
        if size > MOST_BYTES:
            raise InvalidInput(
                f"{name} has {size} bytes; {MOST_BYTES} can be mended at once.", key="file"
            )
        return SourceFile(path.resolve(), path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 text.", key="file") from error
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}.", key="file") from error


def write_source(source: SourceFile, code: str) -> Path | None:
    """Put `code` in place of what was read, in one step; the backup, where one was needed.

    What git has as it was needs none.

    Raises: StorageError: it changed since it was read, or cannot be written; it is then as it was.
    """
    try:
        if source.path.read_bytes() != source.code.encode():
            raise StorageError(
                f"{source.path} has changed meanwhile and was left as it is.", hint="Try again."
            )
        backup = None if _is_in_git(source.path) else _backed_up(source)
        _exchange(source.path, code)
    except OSError as error:
        raise StorageError(f"{source.path} cannot be written: {error.strerror}.") from error
    return backup


def _is_in_git(path: Path) -> bool:
    """Whether git has exactly what the file holds."""
    try:
        done = subprocess.run(
            ["git", "-C", str(path.parent), "status", "--porcelain", "--ignored", "--", path.name],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0 and not done.stdout.strip()


def _backed_up(source: SourceFile) -> Path:
    """A copy beside it, over no earlier one."""
    number = 0
    while True:
        end = f"{BACKUP_SUFFIX}.{number}" if number else BACKUP_SUFFIX
        backup = source.path.with_name(source.path.name + end)
        try:
            with backup.open("xb") as file:
                file.write(source.code.encode())
        except FileExistsError:
            number += 1
            continue
        backup.chmod(source.path.stat().st_mode & 0o7777)
        return backup


def _exchange(path: Path, code: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(code.encode())
            file.flush()
            os.fsync(file.fileno())
        new.chmod(path.stat().st_mode & 0o7777)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
