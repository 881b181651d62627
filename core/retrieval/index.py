"""The user's documents, indexed and searched: what the rest of SARAi knows of retrieval.

Owns the opening and closing of its parts; knows nothing of prompts or routes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from core.cancellation import Cancellation
from core.clock import Clock, SystemClock
from core.closing import Closing
from core.model_pool import ModelPool
from core.retrieval.catalogue.catalogue import Catalogue
from core.retrieval.catalogue.schema import MIGRATIONS
from core.retrieval.catalogue.storing import StoringState
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings
from core.retrieval.fusion import Fusion
from core.retrieval.indexing import IndexReport
from core.retrieval.late_interaction import LateInteraction
from core.retrieval.listing import Skipped
from core.retrieval.parsing.isolation import Parsers
from core.retrieval.passage import Passage
from core.retrieval.progress import Progress, Silent
from core.retrieval.reranking import rerank as reranked
from core.retrieval.results import PassageNames, SearchResult
from core.retrieval.searching import Searcher
from core.retrieval.stores.open import open_store
from core.retrieval.stores.protocol import Filters, VectorStore
from core.retrieval.upkeep import IndexStatus, Upkeep
from core.retrieval.watching import Watch
from core.retrieval.web import WebSearch
from core.storage.database import Database
from core.storage.process_lock import ProcessLock, lock_of

RESCAN_AFTER_S = 1.0


class DocumentIndex(Closing):
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
        self._tenant = tenant
        self._clock = clock or SystemClock()
        self._database = Database(pool.folder.index, MIGRATIONS)
        self._database.stay_open()
        self._parsers = Parsers()
        self.embeddings = Embeddings(pool, self._database)
        self._catalogue = Catalogue(self._database)
        self._store = store or open_store(self._settings, pool.folder)
        self._collection = Collection(
            self._catalogue,
            StoringState(self._database),
            self._store,
            self.embeddings,
            ProcessLock(lock_of(pool.folder.vectors)),
        )
        folder = None if self._settings.folder is None else str(self._settings.folder.absolute())
        self._names = PassageNames(folder)
        self._upkeep = Upkeep(
            self._catalogue,
            self._collection,
            self.embeddings,
            self._parsers,
            tenant=tenant,
            folder=folder,
            clock=self._clock,
            rescan_after_s=rescan_after_s,
        )
        self._searcher = Searcher(
            self._catalogue, self._collection, self.embeddings, LateInteraction(pool)
        )

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
        roots = self._upkeep.add_roots(paths) or self._upkeep.roots()
        return self._upkeep.update(roots, progress or Silent(), cancel)

    def watch(
        self, paths: Iterable[str | Path] = (), known_problems: Sequence[Skipped] = ()
    ) -> Watch:
        """Follows these as they change, or all that were given before; `index` comes first.

        `known_problems`, such as those of its report, are not told again.

        Raises: InvalidInput, when a path is not there; StorageError.
        """
        roots = self._upkeep.add_roots(paths) or self._upkeep.roots()
        return Watch(self._upkeep, roots, known_problems)

    def remove(self, paths: Sequence[str | Path]) -> int:
        """Forget files and folders, what they said and its vectors; how many files that were.

        Raises: StorageError.
        """
        return self._upkeep.forget(paths)

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
        self._upkeep.store(report, progress or Silent(), cancel)
        return report

    def status(self) -> IndexStatus:
        """What there is.

        Raises: StorageError.
        """
        return self._upkeep.status()

    def empty(self) -> bool:
        """Whether there is no document, nor a folder to look for some in.

        Raises: StorageError.
        """
        return self._upkeep.empty()

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
        passages = [self._names.passage(hit, explain=explain) for hit in found.hits]
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
        return self._names.changed(passages)

    def _own(self, filters: Filters | None) -> Filters:
        chosen = filters or Filters()
        return replace(chosen, tenant=self._tenant)

    def _ready(self) -> bool:
        """Whether there is anything to search, once all that can be known is known."""
        if self.empty():
            return False
        self._upkeep.refresh()
        return self._collection.begun()
