"""SHA-256 of model files, each computed once for as long as the file stays as it is.

Owns the table `file_checksums` and the comparison; knows nothing of where the expected sums
come from. A file of 4 GB takes seconds to read, so its sum outlives the process.
"""

from __future__ import annotations

import hashlib

from core.cancellation import Cancellation
from core.errors import ModelFileInvalid
from core.model_files.identity import FileIdentity, identify, unreadable
from core.storage.database import Database

BLOCK_BYTES = 4 * 1024 * 1024


class Checksums:
    """Sums known so far. Threads may share it: see `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def require_known(self, file: FileIdentity, expected: str, *, model: str) -> None:
        """Refuse `file` if its sum is known and another; reads nothing of the file.

        Raises: ModelFileInvalid, StorageError.
        """
        known = self.known(file)
        if known is not None:
            _require(file, known, expected, model)

    def require(
        self,
        file: FileIdentity,
        expected: str,
        *,
        model: str,
        cancel: Cancellation | None = None,
    ) -> None:
        """Refuse `file` unless its sum is `expected`, 64 lower-case hexadecimal digits.

        Raises: ModelFileInvalid, ModelUnavailable, StorageError; Cancelled, on request.
        """
        known = self.known(file)
        if known is None:
            known = sha256_of(file, model=model, cancel=cancel)
            self.keep(file, known)
        _require(file, known, expected, model)

    def known(self, file: FileIdentity) -> str | None:
        """The sum of `file` if it was computed before and the file is still the same.

        Raises: StorageError.
        """
        with self._database.connection() as connection:
            row = connection.execute(
                "SELECT sha256 FROM file_checksums WHERE path = ? AND identity = ?",
                (str(file.path), _identity(file)),
            ).fetchone()
        return None if row is None else str(row["sha256"])

    def keep(self, file: FileIdentity, sha256: str) -> None:
        """Remember the sum of `file`, which the caller has computed. Raises: StorageError."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO file_checksums (path, identity, sha256) VALUES (?, ?, ?)",
                (str(file.path), _identity(file), sha256),
            )


def sha256_of(file: FileIdentity, *, model: str, cancel: Cancellation | None = None) -> str:
    """The sum of the whole file, 64 lower-case hexadecimal digits.

    Raises: ModelUnavailable, also when the file changed meanwhile; Cancelled, on request.
    """
    digest = hashlib.sha256()
    try:
        with file.path.open("rb") as source:
            while block := source.read(BLOCK_BYTES):
                digest.update(block)
                if cancel is not None:
                    cancel.raise_if_cancelled()
    except OSError as error:
        raise unreadable(file.path, error, model=model) from error
    if identify(file.path, model=model) != file:
        changed = InterruptedError("it changed while it was read")
        raise unreadable(file.path, changed, model=model)
    return digest.hexdigest()


def _require(file: FileIdentity, actual: str, expected: str, model: str) -> None:
    if actual != expected:
        raise ModelFileInvalid(
            f"{file.path} is not the file that the configuration names: its SHA-256 is "
            f"{actual} and not {expected}.",
            model=model,
            hint="Download it again, or correct the sum in the configuration.",
        )


def _identity(file: FileIdentity) -> str:
    # As text: an inode may be larger than SQLite's numbers.
    return f"{file.size_bytes} {file.modified_ns} {file.inode}"
