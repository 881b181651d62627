"""An end to memories: in SQLite, in its bytes, and in the vectors.

Owns what goes with what; knows nothing of who asks. What was forgotten leaves a digest behind,
so that it does not come back by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from core.memory.record import Remembered
from core.memory.records import Records, path_of, tenant_of
from core.memory.vectors import Vectors
from core.retrieval.catalogue.catalogue import Catalogue
from core.storage.database import Database
from core.text.folding import folded_words

_TABLES = ("memories", "forgotten", "items", "files", "terms", "embeddings")


class Forgetting:
    """Deletes memories of one database."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        records: Records,
        vectors: Vectors,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._records = records
        self._vectors = vectors

    def forget(self, memories: Sequence[Remembered]) -> int:
        """See `Memory.forget`."""
        gone = {each.id: each for each in memories}
        for fact in (each for each in memories if each.kind == "fact"):
            turns = self._records.listed(fact.user, kinds=("turn",))
            gone |= {turn.id: turn for turn in turns if _holds(turn.text, fact.text)}
        if gone:
            self._forget_vectors(list(gone.values()))
            self._records.forget(list(gone.values()))
            self._leave_no_trace()
        return len(gone)

    def forget_thread(self, thread: str) -> None:
        """See `Memory.forget_thread`."""
        if thread and (turns := self._records.of_thread(thread)):
            self._forget_vectors(turns)
            self._records.delete(turns)
            self._leave_no_trace()

    def forget_everything(self) -> int:
        """See `Memory.forget_everything`."""
        with self._database.transaction() as connection:
            count = connection.execute("SELECT COUNT(*) FROM memories").fetchone()[0]
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
        self._leave_no_trace()
        return int(count)

    def _forget_vectors(self, memories: Sequence[Remembered]) -> None:
        paths: defaultdict[str, list[str]] = defaultdict(list)
        for each in memories:
            paths[tenant_of(each.user)].append(path_of(each, each.id))
        for tenant, own in paths.items():
            self._vectors.forget(self._catalogue.texts(own, tenant))

    def _leave_no_trace(self) -> None:
        """A store keeps points that were deleted for a while; one made anew never had them."""
        self._vectors.rebuild()
        self._database.compact()


def _holds(text: str, words: str) -> bool:
    """Whether `words` stand in `text` in this order, however they are written."""
    wanted = folded_words(words)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(folded_words(text))} "
