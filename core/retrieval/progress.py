"""Who follows an indexing run hears of it here. Knows nothing of terminals."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears how far it is."""

    def files(self, done: int, total: int, chunks: int) -> None:
        """Files that were looked at, of all there are, and the new chunks in them."""

    def passages(self, done: int, total: int) -> None:
        """From now on passages come into the vector store."""

    def advance(self, count: int) -> None:
        """So many more passages are there."""


class Silent:
    """Nobody follows it."""

    def files(self, done: int, total: int, chunks: int) -> None:
        """Ignore it."""

    def passages(self, done: int, total: int) -> None:
        """Ignore it."""

    def advance(self, count: int) -> None:
        """Ignore it."""
