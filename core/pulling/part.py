"""A file that is not whole yet: `NAME.part` beside the place where it will be.

Owns what survives a kill, a full disk and a power cut: every block is in the file as soon as
it came, and the file has its final name only after it was found whole. Knows nothing of where
bytes come from. `NAME.source.json` tells what the part belongs to, and stays as a receipt.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from core.errors import DownloadFailed
from core.pulling.sources import RemoteFile
from core.storage.folder import PRIVATE_FOLDER_MODE
from core.storage.private_file import PRIVATE_FILE_MODE, write_private


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a file is, and where it came from."""

    repo_id: str
    revision: str
    file: str
    commit: str
    size_bytes: int
    etag: str
    sha256: str | None

    @classmethod
    def of(cls, remote: RemoteFile) -> Self:
        wanted = remote.wanted
        return cls(
            wanted.repo_id,
            wanted.revision,
            wanted.file,
            remote.commit,
            remote.size_bytes,
            remote.etag,
            remote.sha256,
        )

    def same_content(self, other: Receipt) -> bool:
        """By the sums where both are known, whatever the source; else by what the hub tells."""
        if self.size_bytes != other.size_bytes:
            return False
        if self.sha256 and other.sha256:
            return self.sha256 == other.sha256
        return (self.repo_id, self.file, self.etag) == (other.repo_id, other.file, other.etag)


def receipt_path(destination: Path) -> Path:
    return destination.with_name(destination.name + ".source.json")


def part_path(destination: Path) -> Path:
    return destination.with_name(destination.name + ".part")


def read_receipt(destination: Path) -> Receipt | None:
    """None where there is none, or none that can be used."""
    try:
        return Receipt(**json.loads(receipt_path(destination).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def kept_bytes(destination: Path, remote: RemoteFile) -> int:
    """How much of `remote` an earlier download has left here."""
    receipt = read_receipt(destination)
    if receipt is None or not receipt.same_content(Receipt.of(remote)):
        return 0
    try:
        size = part_path(destination).stat().st_size
    except OSError:
        return 0
    return size if size <= remote.size_bytes else 0


class Part:
    """An open part. Methods raise OSError, as when the disk is full."""

    def __init__(self, destination: Path, file: int) -> None:
        self.path = part_path(destination)
        self._destination = destination
        self._file = file

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._file).st_size

    def append(self, block: bytes) -> None:
        """Unbuffered: what was written is the kernel's, so that no kill can lose it."""
        left = memoryview(block)
        while left:
            left = left[os.write(self._file, left) :]

    def restart(self) -> None:
        os.ftruncate(self._file, 0)

    def finish(self) -> None:
        """Give it its final name. A power cut leaves all of the file there, or the part."""
        os.fsync(self._file)
        self.path.replace(self._destination)
        folder = os.open(self._destination.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard(self) -> None:
        """Leave nothing of it."""
        self.path.unlink(missing_ok=True)
        receipt_path(self._destination).unlink(missing_ok=True)


@contextmanager
def open_part(destination: Path, remote: RemoteFile) -> Iterator[Part]:
    """The part of `remote`, with what is kept of the same content. One process at a time.

    Raises: DownloadFailed, when another process has it; OSError.
    """
    destination.parent.mkdir(mode=PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    file = os.open(part_path(destination), flags, PRIVATE_FILE_MODE)
    try:
        _lock(file, destination)
        part = Part(destination, file)
        if kept_bytes(destination, remote) < part.size_bytes:
            part.restart()
        write_private(receipt_path(destination), _encoded(Receipt.of(remote)))
        yield part
    finally:
        os.close(file)  # and with it the lock


def _lock(file: int, destination: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DownloadFailed(
            f"Another SARAi is downloading {destination.name} just now.",
            hint="Wait for it, or end it and try again.",
        ) from error


def _encoded(receipt: Receipt) -> bytes:
    return json.dumps(asdict(receipt), indent=2).encode() + b"\n"
