"""The vectors of what is remembered: brought up to date, searched, made anew.

Owns who may touch them when: one process writes alone, several search. Everything in them comes
from SQLite; knows nothing of what a memory is.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.cancellation import Cancellation
from core.errors import ModelError
from core.model_pool import ModelPool
from core.retrieval.catalogue.catalogue import Catalogue
from core.retrieval.catalogue.storing import StoringState
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings
from core.retrieval.late_interaction import LateInteraction
from core.retrieval.searching import CANDIDATES, Found, Searcher
from core.retrieval.stores.embedded import EmbeddedStore
from core.retrieval.stores.protocol import Filters
from core.storage.database import Database
from core.storage.process_lock import ProcessLock, lock_of

IDLE_S = 0.2
"""Long enough for one question, and short: every conversation that is open takes its turn."""


class Vectors:
    """The catalogue of a database as vectors, in the data folder. Safe among threads.

    Every method raises StorageError.
    """

    def __init__(self, pool: ModelPool, database: Database, catalogue: Catalogue) -> None:
        folder = pool.folder.memory_vectors
        self._embeddings = Embeddings(pool, database, keep_questions=False)
        self._store = EmbeddedStore(folder, idle_s=IDLE_S, mended_by="sarai memory rebuild")
        self._lock = ProcessLock(lock_of(pool.folder.memory))
        making = ProcessLock(lock_of(folder))
        self._collection = Collection(
            catalogue, StoringState(database), self._store, self._embeddings, making
        )
        self._searcher = Searcher(
            catalogue, self._collection, self._embeddings, LateInteraction(pool)
        )

    def search(self, query: str, filters: Filters, cancel: Cancellation | None = None) -> Found:
        """The best passages, after everything that is kept was made searchable.

        Raises: Cancelled.
        """
        self._bring_up_to_date(cancel)
        with self._lock.held(alone=False):
            return self._searcher.search(query, CANDIDATES, filters=filters, cancel=cancel)

    def match(self, query: str, filters: Filters) -> float:
        """As `Searcher.match`, of everything that is kept."""
        self._bring_up_to_date(None)
        with self._lock.held(alone=False):
            return self._searcher.match(query, filters)

    def forget(self, passages: Iterable[tuple[str, str]]) -> None:
        """Delete the embeddings of (title, text)."""
        self._embeddings.forget(passages)

    def rebuild(self) -> None:
        """Make them anew from SQLite; no text is embedded again."""
        with self._lock.held(alone=True):
            self._collection.rebuild()
            self._sync(None)

    def close(self) -> None:
        """Let go of them; safe to call twice."""
        self._store.close()

    def _bring_up_to_date(self, cancel: Cancellation | None) -> None:
        with self._lock.held(alone=True):
            self._sync(cancel)

    def _sync(self, cancel: Cancellation | None) -> None:
        """By meaning too, where there is an embedding model."""
        try:
            encoder = self._embeddings.encoder()
            self._collection.sync(encoder, cancel=cancel)
        except ModelError:  # the search tells why meaning does not count
            self._collection.sync(cancel=cancel)
