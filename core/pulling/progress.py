"""How far each file is: written by the threads that fetch, read by whoever shows it.

Owns the figures; knows nothing of how they are shown. A byte counts once it is in the file, and
one that was there before the start is told apart, so that no speed is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

State = Literal["waiting", "downloading", "retrying", "checking", "done", "failed"]


class FileProgress:
    """One file. Written by one thread; a reader sees each figure whole."""

    def __init__(self, name: str, total_bytes: int, kept_bytes: int) -> None:
        self.name = name
        self.total_bytes = total_bytes
        self.done_bytes = kept_bytes
        self.received_bytes = 0
        self.state: State = "waiting"
        self.trouble = ""

    def received(self, size_bytes: int) -> None:
        """So many more are in the file."""
        self.done_bytes += size_bytes
        self.received_bytes += size_bytes
        self.state, self.trouble = "downloading", ""

    def at(self, done_bytes: int) -> None:
        """So many are in the file, however they came there."""
        self.done_bytes = done_bytes
        self.state = "downloading"

    def gave_way(self, reason: str) -> None:
        """The source did; it is asked again."""
        self.state, self.trouble = "retrying", reason


class PullProgress:
    """All files of one pull."""

    def __init__(self, files: Sequence[FileProgress]) -> None:
        self.files = tuple(files)

    @property
    def total_bytes(self) -> int:
        return sum(file.total_bytes for file in self.files)

    @property
    def done_bytes(self) -> int:
        return sum(file.done_bytes for file in self.files)

    @property
    def received_bytes(self) -> int:
        """What this pull itself has fetched."""
        return sum(file.received_bytes for file in self.files)
