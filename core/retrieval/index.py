"""The user's documents, indexed and searched: what the rest of SARAi knows of retrieval.

Owns when the index is brought up to date, and how passages are named; knows nothing of
prompts or routes.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from core.cancellation import Cancellation
from core.clock import Clock, SystemClock
from core.errors import InvalidInput, ModelError, StorageError
from core.model_pool import ModelPool
from core.retrieval.catalogue.catalogue import Catalogue, Counts, StoredPassage
from core.retrieval.catalogue.schema import MIGRATIONS
from core.retrieval.catalogue.storing import StoringState
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings, Encoder, unavailable
from core.retrieval.fusion import Fusion
from core.retrieval.indexing import Indexer, IndexReport, read_bytes
from core.retrieval.late_interaction import LateInteraction
from core.retrieval.listing import absolute_root
from core.retrieval.parsing.isolation import Parsers
from core.retrieval.passage import Passage
from core.retrieval.progress import Progress, Silent
from core.retrieval.reranking import rerank as reranked
from core.retrieval.searching import Hit, Searcher
from core.retrieval.stores.open import open_store
from core.retrieval.stores.protocol import Filters, VectorStore
from core.retrieval.web import WebSearch
from core.storage.database import Database

RESCAN_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Passages, best first. `note` says what could not be taken into account, if anything."""

    passages: tuple[Passage, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What is indexed. `meaning` says which model's vectors there are, or why none."""

    roots: tuple[str, ...]
    counts: Counts
    meaning: str


class DocumentIndex:
    """The documents of this data folder. Safe among threads and processes; to be closed.

    What `index` was given stays indexed as it was then, until it is indexed again. The
    configured `retrieval.folder` is looked at again at each search, at most once a second:
    its new passages are found by their words, and by their meaning after the next `index`.

    Args:
        pool: for the embedding model, and for the settings.
        store: another than the configured one.
    """

    def __init__(
        self,
        pool: ModelPool,
        *,
        store: VectorStore | None = None,
        clock: Clock | None = None,
        rescan_after_s: float = RESCAN_AFTER_S,
        tenant: str = "",
    ) -> None:
        self.pool = pool
        self._settings = pool.settings.retrieval
        folder = self._settings.folder
        self._folder = None if folder is None else str(folder.absolute())
        self._tenant = tenant
        self._clock = clock or SystemClock()
        self._rescan_after_s = rescan_after_s
        self._refreshing = threading.Lock()
        self._looked_at_s: float | None = None
        self._database = Database(pool.folder.index, MIGRATIONS)
        self._database.stay_open()
        self._parsers = Parsers()
        self.embeddings = Embeddings(pool, self._database)
        self._catalogue = Catalogue(self._database)
        self._store = store or open_store(pool.settings.retrieval, pool.folder)
        self._collection = Collection(
            self._catalogue, StoringState(self._database), self._store, self.embeddings
        )
        self._searcher = Searcher(
            self._catalogue, self._collection, self.embeddings, LateInteraction(pool)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything; safe to call twice."""
        self._parsers.close()
        self._store.close()
        self._database.close()

    def index(
        self,
        paths: Iterable[str | Path] = (),
        *,
        progress: Progress | None = None,
        cancel: Cancellation | None = None,
    ) -> IndexReport:
        """Bring files, folders and patterns in, or up to date; none is all that were given before.

        Files that are as they were cost no reading and no embedding; of those that changed
        only the new passages are embedded, and what is gone leaves. It can be killed at any
        moment and goes on where it was.

        Raises: InvalidInput, when a path is not there; StorageError; Cancelled.
        """
        roots = [absolute_root(path) for path in paths]
        self._catalogue.add_roots(roots, self._tenant)
        return self._update(roots or self._roots(), progress or Silent(), cancel)

    def remove(self, paths: Sequence[str | Path]) -> int:
        """Forget files and folders, what they said and its vectors; how many files that were.

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
        self.embeddings.forget(self._catalogue.texts(gone, self._tenant))
        self._catalogue.forget(gone, self._tenant)
        self._collection.sync()
        return len(gone)

    def rebuild(
        self, *, progress: Progress | None = None, cancel: Cancellation | None = None
    ) -> IndexReport:
        """Make the vector store anew from SQLite; no file is read, no text embedded again.

        Raises: StorageError; Cancelled.
        """
        self._collection.rebuild()
        return self.store_all(progress=progress, cancel=cancel)

    def store_all(
        self, *, progress: Progress | None = None, cancel: Cancellation | None = None
    ) -> IndexReport:
        """Bring the vector store to what is indexed; one in another place gets everything.

        No file is read, and what was embedded before is not again. It can be killed at any
        moment and goes on where it was.

        Raises: StorageError; Cancelled.
        """
        report = IndexReport()
        self._sync(report, progress or Silent(), cancel)
        return report

    def status(self) -> IndexStatus:
        """What there is.

        Raises: StorageError.
        """
        try:
            meaning = self.embeddings.encoder().name
        except ModelError as error:
            meaning = unavailable(error)
        roots = tuple(self._roots())
        return IndexStatus(roots, self._catalogue.counts(self._tenant), meaning)

    def empty(self) -> bool:
        """Whether there is no document, nor a folder to look for some in.

        Raises: StorageError.
        """
        return not self._roots() and not self._catalogue.size()

    def search(
        self,
        query: str,
        top_k: int = 10,
        *,
        alpha: float | None = None,
        fusion: Fusion | None = None,
        filters: Filters | None = None,
        explain: bool = False,
        rerank: bool = False,
        cancel: Cancellation | None = None,
    ) -> SearchResult:
        """The `top_k` best passages; none when no word and no meaning is found.

        Args:
            alpha: the weight of meaning, 0 (words alone) to 1 (meaning alone); None takes
                the model's own for the language of the question.
            fusion: how both become one score; None takes the configured way.
            filters: which documents are meant; the tenant is this index's own.
            explain: tell each passage's score at each stage.
            rerank: have them ordered by `retrieval.rerank_model`, if there is one in time.

        Raises: StorageError; Cancelled.
        """
        if not self._ready():
            return SearchResult(())
        found = self._searcher.search(
            query,
            top_k,
            alpha=alpha,
            fusion=fusion or self._settings.fusion,
            filters=self._own(filters),
            cancel=cancel,
        )
        passages = [self._passage(hit, explain=explain) for hit in found.hits]
        if not rerank:
            return SearchResult(tuple(passages), found.note)
        ordered, note = reranked(query, passages, self.pool, self._clock)
        return SearchResult(tuple(ordered), found.note or note)

    def match(self, query: str) -> float:
        """How likely the documents answer `query`, in [0, 1], by the words in common.

        Raises: StorageError.
        """
        if not self._ready():
            return 0.0
        return self._searcher.match(query, self._own(None))

    def web_search(self) -> WebSearch | None:
        """By the configured server; None when there is none. It lives as long as the index."""
        url = self._settings.searxng_url
        return None if url is None else WebSearch(url, self._database)

    def changed_since(self, passages: Sequence[Passage]) -> list[str]:
        """Paths of those whose file is gone, or says something else than when it was indexed."""
        return sorted({each.path for each in passages if not self._as_indexed(each)})

    def _as_indexed(self, passage: Passage) -> bool:
        if not passage.sha256:  # no file
            return True
        try:
            data = read_bytes(str(Path(self._folder or "/", passage.path)))
        except OSError:
            return False
        return hashlib.sha256(data).hexdigest() == passage.sha256

    def _own(self, filters: Filters | None) -> Filters:
        chosen = filters or Filters()
        return replace(chosen, tenant=self._tenant)

    def _ready(self) -> bool:
        """Whether there is anything to search, once all that can be known is known."""
        if self.empty():
            return False
        self._refresh()
        return self._collection.begun()

    def _refresh(self) -> None:
        """What changed in `retrieval.folder`, and what another process has indexed."""
        with self._refreshing:
            now_s = self._clock.now_s()
            if self._looked_at_s is None or now_s - self._looked_at_s >= self._rescan_after_s:
                if self._folder is not None:
                    self._look_at(self._folder)
                self._collection.catch_up()
                self._looked_at_s = now_s

    def _look_at(self, folder: str) -> None:
        for problem in self._indexer(retry_problems=False).update([folder]).problems:
            if problem.path == folder:
                raise StorageError(
                    problem.reason,
                    hint="Set retrieval.folder to a folder that exists and that you can read.",
                )

    def _update(
        self, roots: Sequence[str], progress: Progress, cancel: Cancellation | None
    ) -> IndexReport:
        report = self._indexer(retry_problems=True).update(roots, progress.files, cancel)
        self._sync(report, progress, cancel)
        return report

    def _sync(self, report: IndexReport, progress: Progress, cancel: Cancellation | None) -> None:
        encoder: Encoder | None = None
        try:
            encoder = self.embeddings.encoder()
            progress.passages(0, self._collection.pending(encoder))
            self._collection.sync(encoder, progress.advance, cancel)
        except ModelError as error:
            report.note = unavailable(error)
            self._collection.sync()

    def _indexer(self, *, retry_problems: bool) -> Indexer:
        return Indexer(self._catalogue, self._parsers, self._tenant, retry_problems=retry_problems)

    def _roots(self) -> list[str]:
        own = [] if self._folder is None else [self._folder]
        return [*own, *self._catalogue.roots(self._tenant)]

    def _passage(self, hit: Hit, *, explain: bool) -> Passage:
        chunk = hit.passage.chunk
        return Passage(
            path=self._shown(hit.passage),
            first_line=chunk.first_line,
            last_line=chunk.last_line,
            heading=chunk.heading,
            text=chunk.text,
            score=hit.score,
            page=chunk.page,
            sha256=hit.passage.sha256,
            also=tuple(self._shown(other) for other in hit.also),
            explanation=hit.explanation if explain else None,
        )

    def _shown(self, passage: StoredPassage) -> str:
        return passage.path.removeprefix(f"{self._folder}/")


def _named(path: str | Path) -> str:
    """As it was indexed; also what is not there any more, and a pattern, can be forgotten."""
    try:
        return absolute_root(path)
    except InvalidInput:
        return str(Path(path).expanduser().absolute())
