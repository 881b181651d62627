"""Catalogue and vector store held to what the files say now.

Owns when files are looked at, and that the store follows; knows nothing of questions.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.cancellation import Cancellation
from core.clock import Clock
from core.errors import InvalidInput, ModelError, StorageError
from core.retrieval.catalogue.catalogue import Catalogue, Counts
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings, Encoder, unavailable
from core.retrieval.indexing import AtRest, Indexer, IndexReport
from core.retrieval.listing import absolute_root
from core.retrieval.missing import NOT_THERE
from core.retrieval.parsing.isolation import Parsers
from core.retrieval.progress import Progress


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What is indexed. `meaning` says which model's vectors there are, or why none."""

    roots: tuple[str, ...]
    counts: Counts
    meaning: str


class Upkeep:
    """Of the documents of one tenant. Safe among threads.

    Args:
        folder: the configured folder, looked at by `refresh`; absolute.
        rescan_after_s: how long what it saw there is believed.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        collection: Collection,
        embeddings: Embeddings,
        parsers: Parsers,
        *,
        tenant: str,
        folder: str | None,
        clock: Clock,
        rescan_after_s: float,
    ) -> None:
        self.parsers = parsers
        self._catalogue = catalogue
        self._collection = collection
        self._embeddings = embeddings
        self._tenant = tenant
        self._folder = folder
        self._clock = clock
        self._rescan_after_s = rescan_after_s
        self._refreshing = threading.Lock()
        self._looked_at_s: float | None = None

    def roots(self) -> list[str]:
        """What is indexed: the configured folder, then what callers named."""
        own = [] if self._folder is None else [self._folder]
        return [*own, *self._catalogue.roots(self._tenant)]

    def add_roots(self, paths: Iterable[str | Path]) -> list[str]:
        """Remember what shall be indexed, and give it back as it is kept.

        Raises: InvalidInput, when a path is not there; StorageError.
        """
        roots = [absolute_root(path) for path in paths]
        self._catalogue.add_roots(roots, self._tenant)
        return roots

    def empty(self) -> bool:
        """Whether there is no document of anybody's, nor a place to look for some in."""
        return not self.roots() and not self._catalogue.size()

    def status(self) -> IndexStatus:
        """What there is. Raises: StorageError."""
        try:
            meaning = self._embeddings.encoder().name
        except ModelError as error:
            meaning = unavailable(error)
        return IndexStatus(tuple(self.roots()), self._catalogue.counts(self._tenant), meaning)

    def update(
        self,
        roots: Sequence[str],
        progress: Progress,
        cancel: Cancellation | None,
        *,
        at_rest: AtRest = lambda *_: True,
        retry_problems: bool = True,
    ) -> IndexReport:
        """Look at all files of `roots`, and bring what they say anew into the store.

        Raises: StorageError; Cancelled.
        """
        indexer = self._indexer(retry_problems=retry_problems)
        report = indexer.update(roots, progress.files, cancel, at_rest)
        self.store(report, progress, cancel)
        return report

    def store(self, report: IndexReport, progress: Progress, cancel: Cancellation | None) -> None:
        """Bring the store to what the catalogue holds; `report` is told when words must do.

        Raises: StorageError; Cancelled.
        """
        encoder: Encoder | None = None
        try:
            encoder = self._embeddings.encoder()
            progress.passages(0, self._collection.pending(encoder))
            self._collection.sync(encoder, progress.advance, cancel)
        except ModelError as error:
            report.note = unavailable(error)
            self._collection.sync()

    def refresh(self) -> None:
        """What changed in the configured folder, and what another process has indexed.

        Raises: StorageError, when the folder cannot be looked at.
        """
        with self._refreshing:
            now_s = self._clock.now_s()
            if self._looked_at_s is None or now_s - self._looked_at_s >= self._rescan_after_s:
                if self._folder is not None:
                    self._look_at(self._folder)
                self._collection.catch_up()
                self._looked_at_s = now_s

    def forget(self, paths: Sequence[str | Path]) -> int:
        """Drop files and folders, what they said and its vectors; how many files that were.

        Raises: StorageError.
        """
        wanted = [_named(path) for path in paths]
        known = self._catalogue.known(self._tenant)
        gone = [
            path
            for path in known
            if any(path == root or path.startswith(f"{root.rstrip('/')}/") for root in wanted)
        ]
        self._catalogue.drop_roots(wanted, self._tenant)
        self._embeddings.forget(self._catalogue.texts(gone, self._tenant))
        self._catalogue.forget(gone, self._tenant)
        self._collection.sync()
        return len(gone)

    def _look_at(self, folder: str) -> None:
        for problem in self._indexer(retry_problems=False).update([folder]).problems:
            if problem.path == folder and problem.reason != NOT_THERE:
                raise StorageError(
                    problem.reason,
                    hint="Set retrieval.folder to a folder that exists and that you can read.",
                )

    def _indexer(self, *, retry_problems: bool) -> Indexer:
        return Indexer(self._catalogue, self.parsers, self._tenant, retry_problems=retry_problems)


def _named(path: str | Path) -> str:
    """As it was indexed; also what is not there any more, and a pattern, can be forgotten."""
    try:
        return absolute_root(path)
    except InvalidInput:
        return str(Path(path).expanduser().absolute())
