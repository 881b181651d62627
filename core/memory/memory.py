"""What is remembered, for the rest of SARAi: kept, found, forgotten.

Owns what becomes a memory at all, and the parts that do the rest; knows nothing of the graph or of
prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from core.cancellation import Cancellation
from core.closing import Closing
from core.memory.forgetting import Forgetting
from core.memory.items import Items
from core.memory.record import Kind, NewMemory, Remembered, utc_now
from core.memory.records import Records, tenant_of
from core.memory.relevance import Relevance
from core.memory.schema import MIGRATIONS
from core.memory.searching import MemorySearch, Recalled
from core.memory.telling import fact_of, turns_of
from core.memory.vectors import Vectors
from core.model_pool import ModelPool
from core.retrieval.catalogue.catalogue import Catalogue
from core.retrieval.searching import CANDIDATES
from core.retrieval.stores.protocol import Filters
from core.storage.database import Database


class Memory(Closing):
    """The memory of this data folder. Safe among threads and processes; to be closed.

    Everything belongs to a user, "" being the one at the command line; nobody is ever shown
    what is another's. A memory is found by its words at once, and by its meaning once an
    embedding model has read it.

    Args:
        pool: for the embedding model, and for the data folder.
        now: the time of day, aware.
    """

    def __init__(self, pool: ModelPool, *, now: Callable[[], datetime] = utc_now) -> None:
        self.now = now
        self._database = Database(pool.folder.memory, MIGRATIONS)
        self._database.stay_open()
        catalogue = Catalogue(self._database)
        self._vectors = Vectors(pool, self._database, catalogue)
        self._records = Records(self._database, catalogue)
        self._search = MemorySearch(self._records, self._vectors)
        self._forgetting = Forgetting(self._database, catalogue, self._records, self._vectors)
        self._relevance = Relevance(catalogue)
        self.items = Items(self._database, catalogue, self._vectors, now=now)

    def close(self) -> None:
        """Let go of everything; safe to call twice."""
        self._vectors.close()
        self._database.close()

    def remember(
        self,
        fact: str,
        *,
        user: str = "",
        subject: str | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> Remembered:
        """Keep a fact, also one that had been forgotten; one that is kept already stays.

        A fact of the same `subject` (None: what its words tell) that began to be true earlier
        is superseded.

        Raises: InvalidInput, for no words or too many; StorageError.
        """
        told = fact_of(
            fact,
            self.now(),
            user=user,
            subject=subject,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        (kept,) = self._records.add([told], lift=True)
        if kept is None:
            raise LookupError("What was asked for is kept, whatever was forgotten.")
        return kept

    def learn(self, fact: str, *, user: str = "") -> Remembered | None:
        """As `remember`, but None for what was forgotten: that does not come back by itself.

        Raises: InvalidInput, StorageError.
        """
        return self._records.add([fact_of(fact, self.now(), user=user)])[0]

    def keep_turn(
        self,
        asked: str,
        answered: str,
        *,
        user: str = "",
        thread: str = "",
        difficulty: float | None = None,
    ) -> None:
        """Keep what was said: both sides, each a memory and the other's neighbour.

        Raises: StorageError.
        """
        self._records.add(
            turns_of(asked, answered, self.now(), user=user, thread=thread, difficulty=difficulty)
        )

    def add(self, memories: Sequence[NewMemory]) -> list[Remembered | None]:
        """Keep all or none; None for what had been forgotten and is not brought back.

        Raises: StorageError.
        """
        return self._records.add(memories)

    def search(
        self,
        query: str,
        top_k: int = 10,
        *,
        user: str = "",
        thread: str | None = None,
        kinds: Sequence[Kind] = ("fact", "turn"),
        difficulty: float | None = None,
        cancel: Cancellation | None = None,
    ) -> Recalled:
        """The user's memories that fit `query` best, those of one conversation if it is named.

        Raises: StorageError, Cancelled.
        """
        if not self._records.some(user):
            return Recalled()
        return self._search.search(
            query,
            top_k,
            user=user,
            now=self.now(),
            thread=thread,
            kinds=kinds,
            difficulty=difficulty,
            cancel=cancel,
        )

    def recall(
        self,
        query: str,
        top_k: int,
        *,
        user: str = "",
        difficulty: float | None = None,
        cancel: Cancellation | None = None,
    ) -> Recalled:
        """As `search`, and only what bears on `query`: see `Relevance`.

        Raises: StorageError, Cancelled.
        """
        found = self.search(query, CANDIDATES, user=user, difficulty=difficulty, cancel=cancel)
        bearing = self._relevance.bearing_on(query, found.recollections)
        return Recalled(bearing[:top_k], found.note)

    def match(self, query: str, *, user: str = "") -> float:
        """How likely the user's memories answer `query`, in [0, 1], by the words in common.

        Raises: StorageError.
        """
        if not self._records.some(user):
            return 0.0
        return self._vectors.match(query, Filters(tenant=tenant_of(user)))

    def listed(
        self, *, user: str = "", kinds: Sequence[Kind] = ("fact", "turn"), limit: int = -1
    ) -> list[Remembered]:
        """The user's memories, the newest first; -1 is no limit. Raises: StorageError."""
        return self._records.listed(user, kinds=kinds, limit=limit)

    def anything(self, user: str = "") -> bool:
        """Whether the user has any memory. Raises: StorageError."""
        return self._records.some(user)

    def matching(self, what: str, *, user: str = "") -> list[Remembered]:
        """The memories that are meant by `what`: a number, or exactly these words.

        Raises: StorageError.
        """
        number = what.strip().removeprefix("#")
        if number.isascii() and number.isdigit():
            return list(self._records.get([min(int(number), 2**62)], user).values())
        return self._records.saying(what, user)

    def forget(self, memories: Sequence[Remembered]) -> int:
        """Delete these, and the turns that hold the words of a fact among them; how many.

        They do not come back by what is said in conversations or by an import. Nothing of them
        stays in the bytes of the database or of the vectors.

        Raises: StorageError; when it comes from the bytes alone, they are deleted all the same.
        """
        return self._forgetting.forget(memories)

    def forget_thread(self, thread: str) -> None:
        """Delete what was said in a conversation; its facts stay, for they were told to be kept.

        Raises: StorageError.
        """
        self._forgetting.forget_thread(thread)

    def forget_everything(self) -> int:
        """Delete all of everybody's, and what had been forgotten; how many memories those were.

        Raises: StorageError; when it comes from the bytes alone, all is deleted all the same.
        """
        return self._forgetting.forget_everything()

    def rebuild(self) -> None:
        """Make the vectors anew from SQLite; no text is embedded again. Raises: StorageError."""
        self._vectors.rebuild()
