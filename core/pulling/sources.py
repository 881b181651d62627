"""What a source of files is, and how one gives way.

Owns the types that the hub and a folder share; knows nothing of either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from core.cancellation import Cancellation
from core.pulling.wanted import WantedFile


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file as its source has it now.

    `sha256` is None where nobody tells it; `etag` then at least tells one content from
    another. `location` is where its bytes are, for its own source alone.
    """

    wanted: WantedFile
    size_bytes: int
    sha256: str | None
    etag: str
    commit: str
    location: str


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes of a file from `start` on. That is 0 where a source cannot begin later."""

    start: int
    blocks: Iterator[bytes]


class Interrupted(Exception):
    """The source gave way, and may serve the same request some time later."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class Source(Protocol):
    """Where files come from. Threads may share it."""

    @property
    def name(self) -> str:
        """For people: an address or a folder."""
        ...

    def describe(self, wanted: WantedFile) -> RemoteFile:
        """Raises: DownloadFailed, when it is not to be had; Interrupted, when not now."""
        ...

    def read(
        self, remote: RemoteFile, offset: int, cancel: Cancellation
    ) -> AbstractContextManager[Stream]:
        """The bytes from `offset` on, as they come.

        Raises, also while they come: DownloadFailed, Interrupted; Cancelled, on request.
        """
        ...
