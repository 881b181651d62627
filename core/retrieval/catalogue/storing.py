"""How far the vector store is behind the catalogue.

Owns the SQL about what is stored; knows nothing of vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.retrieval.sparse import MeanLengths
from core.storage.database import Database

NOT_STORED, BY_WORDS, BY_MEANING = 0, 1, 2

_FILES_AT_ONCE = 64
_TOMBSTONES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class HeldCollection:
    """What a store holds: where, whose dense vectors, and with which lengths it was weighed."""

    place: str
    identity: str
    means: MeanLengths


class StoringState:
    """What of the catalogue is in the store. Safe among threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collection(self) -> HeldCollection | None:
        """None before the first, and after `forget`."""
        with self._database.connection() as connection:
            row = connection.execute("SELECT * FROM collection").fetchone()
        if row is None:
            return None
        means = MeanLengths(row["passage_terms"], row["section_terms"])
        return HeldCollection(row["place"], row["identity"], means)

    def up_to_date(self, state: int) -> bool:
        """Whether there is a collection, all chunks are that far in it, and none too many."""
        with self._database.connection() as connection:
            return bool(
                connection.execute(
                    "SELECT EXISTS (SELECT 1 FROM collection) "
                    "AND NOT EXISTS (SELECT 1 FROM tombstones) "
                    "AND NOT EXISTS (SELECT 1 FROM chunks WHERE stored < 2 AND stored < ?)",
                    (state,),
                ).fetchone()[0]
            )

    def identity(self) -> str:
        """Whose dense vectors there are; "" for none."""
        held = self.collection()
        return held.identity if held else ""

    def begin(self, held: HeldCollection) -> None:
        """Nothing is stored yet of a collection with these properties."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO collection VALUES (1, ?, ?, ?, ?)",
                (held.place, held.identity, held.means.passage, held.means.section),
            )
            connection.execute("UPDATE chunks SET stored = ?", (NOT_STORED,))

    def forget(self) -> None:
        """There is no collection, and nothing is stored."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM collection")
            connection.execute("UPDATE chunks SET stored = ?", (NOT_STORED,))

    def mean_lengths(self) -> MeanLengths:
        """Terms in a passage and in a section, now."""
        with self._database.connection() as connection:
            chunks, terms = connection.execute(
                "SELECT COUNT(*), TOTAL(terms) FROM chunks"
            ).fetchone()
            sections = connection.execute(
                "SELECT COUNT(*) FROM (SELECT DISTINCT file_id, section FROM chunks)"
            ).fetchone()[0]
        return MeanLengths(terms / max(1, chunks), terms / max(1, sections))

    def pending(self, state: int) -> int:
        """How many chunks are not that far."""
        with self._database.connection() as connection:
            return int(
                connection.execute(
                    "SELECT COUNT(*) FROM chunks WHERE stored < 2 AND stored < ?", (state,)
                ).fetchone()[0]
            )

    def files_below(self, state: int) -> list[int]:
        """Some files with chunks that are not that far."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT DISTINCT file_id FROM chunks WHERE stored < 2 AND stored < ? LIMIT ?",
                (state, _FILES_AT_ONCE),
            )
            return [row["file_id"] for row in rows]

    def passages_below(self, state: int, file_id: int) -> set[int]:
        """The chunks of a file that are not that far."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT id FROM chunks WHERE file_id = ? AND stored < ?", (file_id, state)
            )
            return {row["id"] for row in rows}

    def mark(self, ids: Sequence[int], state: int) -> None:
        """These are that far, and durable there."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE chunks SET stored = ? WHERE id = ?", ((state, each) for each in ids)
            )

    def tombstones(self) -> list[int]:
        """Some chunks that are gone and may still be in the store."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT chunk_id FROM tombstones LIMIT ?", (_TOMBSTONES_AT_ONCE,)
            )
            return [row["chunk_id"] for row in rows]

    def buried(self, ids: Sequence[int]) -> None:
        """These are gone from the store as well."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM tombstones WHERE chunk_id = ?", ((each,) for each in ids)
            )
