"""Searching a folder of documents that may change at any time.

Owns the index and its refreshing; knows nothing of models or prompts.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from core.clock import Clock, SystemClock
from core.retrieval.bm25 import Bm25
from core.retrieval.chunks import Chunk, split_document
from core.retrieval.documents import Skipped, Stamp, list_documents, read_document
from core.retrieval.terms import search_terms

RESCAN_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Verbatim `text` of lines `first_line` to `last_line` (from 1) of a document.

    `path` is relative to the folder; `score` (BM25) only ranks within one search.
    """

    path: str
    first_line: int
    last_line: int
    heading: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class _Document:
    """One file as it was at `stamp`, cut and counted; `problem` when it cannot be read."""

    stamp: Stamp
    chunks: tuple[Chunk, ...]
    bags: tuple[Counter[str], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Everything one search needs; replaced as a whole, so that searches need no lock."""

    documents: dict[str, _Document]
    places: tuple[tuple[str, Chunk], ...]  # one for each position in `ranking`
    ranking: Bm25
    skipped: tuple[Skipped, ...]


class FolderIndex:
    """The documents of a folder, searchable. Safe to share among threads.

    The folder is looked at again when the last look is older than `rescan_after_s`; only
    files whose size or time of change differs are read again.
    """

    def __init__(
        self, folder: Path, *, clock: Clock | None = None, rescan_after_s: float = RESCAN_AFTER_S
    ) -> None:
        self._folder = folder.absolute()
        self._clock = clock or SystemClock()
        self._rescan_after_s = rescan_after_s
        self._refreshing = threading.Lock()
        self._looked_at_s: float | None = None
        self._snapshot = _snapshot({}, ())

    def search(self, query: str, top_k: int) -> list[Passage]:
        """The `top_k` best passages, best first; none when no word is found.

        Raises: StorageError, when the folder cannot be read.
        """
        now = self._fresh()
        return [
            Passage(path, chunk.first_line, chunk.last_line, chunk.heading, chunk.text, score)
            for position, score in now.ranking.top(search_terms(query), top_k)
            for path, chunk in (now.places[position],)
        ]

    def match(self, query: str) -> float:
        """How likely the folder answers `query`, in [0, 1], by the words in common.

        Raises: StorageError, when the folder cannot be read.
        """
        return self._fresh().ranking.coverage(search_terms(query))

    def skipped(self) -> tuple[Skipped, ...]:
        """What is not searched, and why.

        Raises: StorageError, when the folder cannot be read.
        """
        return self._fresh().skipped

    def _fresh(self) -> _Snapshot:
        with self._refreshing:
            now_s = self._clock.now_s()
            if self._looked_at_s is None or now_s - self._looked_at_s >= self._rescan_after_s:
                self._snapshot = self._rescan(self._snapshot)
                self._looked_at_s = now_s
            return self._snapshot

    def _rescan(self, before: _Snapshot) -> _Snapshot:
        listing = list_documents(self._folder)
        if listing.stamps == {path: found.stamp for path, found in before.documents.items()}:
            documents = before.documents
        else:
            documents = {
                path: self._document(path, stamp, before.documents.get(path))
                for path, stamp in listing.stamps.items()
            }
        unread = (Skipped(path, found.problem) for path, found in documents.items())
        skipped = (*listing.skipped, *(item for item in unread if item.reason))
        if documents is before.documents:
            return _Snapshot(documents, before.places, before.ranking, skipped)
        return _snapshot(documents, skipped)

    def _document(self, path: str, stamp: Stamp, before: _Document | None) -> _Document:
        if before is not None and before.stamp == stamp:
            return before
        try:
            chunks = tuple(split_document(read_document(self._folder / path)))
        except OSError as error:
            return _Document(stamp, (), (), f"unreadable: {error.strerror}")
        except ValueError:
            return _Document(stamp, (), (), "binary")
        name = Path(path).stem
        bags = (Counter(search_terms(f"{name} {c.heading} {c.text}")) for c in chunks)
        return _Document(stamp, chunks, tuple(bags))


def _snapshot(documents: dict[str, _Document], skipped: tuple[Skipped, ...]) -> _Snapshot:
    places = [(path, chunk) for path, found in documents.items() for chunk in found.chunks]
    ranking = Bm25([bag for found in documents.values() for bag in found.bags])
    return _Snapshot(documents, tuple(places), ranking, skipped)
