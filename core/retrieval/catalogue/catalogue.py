"""Files and chunks: what is indexed, and where each passage stands.

Owns the SQL about documents; knows nothing of parsing, vectors or search. Every file is
kept whole in one transaction: a kill loses no file that was acknowledged, and leaves none
half.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TypeVar

from core.retrieval.chunks import Chunk
from core.retrieval.duplicates import digest
from core.retrieval.sparse import Bag, passage_bag
from core.storage.database import Database

Value = TypeVar("Value")

_ALL = -1  # stands for a term that every chunk holds
_MANY = 500  # parameters of one statement


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file has not changed."""

    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when it was read; `problem` is empty when it could be.

    `indexed_at` (ISO 8601, UTC) is empty until it is kept.
    """

    path: str
    stamp: Stamp
    sha256: str
    format: str
    problem: str = ""
    indexed_at: str = ""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A chunk with its place. `path` is absolute; `modified_s` is of the file, since 1970."""

    id: int
    path: str
    tenant: str
    format: str
    modified_s: float
    sha256: str
    chunk: Chunk
    digest: bytes

    def bag(self) -> Bag:
        return passage_bag(PurePath(self.path).stem, self.chunk.heading, self.chunk.text)


@dataclass(frozen=True, slots=True)
class Counts:
    files: int
    unreadable: int
    chunks: int
    without_words: int
    without_meaning: int


class Catalogue:
    """The documents of a database whose tables are those of `schema`. Safe among threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, tenant: str) -> dict[str, FileRecord]:
        """Every file of a tenant by its path, the unreadable ones included."""
        with self._database.connection() as connection:
            rows = connection.execute("SELECT * FROM files WHERE tenant = ?", (tenant,))
            return {row["path"]: _file(row) for row in rows}

    def keep(self, file: FileRecord, chunks: Sequence[Chunk], tenant: str) -> None:
        """Put a file there, instead of what was known of it before."""
        with self._database.transaction() as connection:
            self.drop(connection, [file.path], tenant)
            self.add(connection, file, chunks, tenant)

    def add(
        self,
        connection: sqlite3.Connection,
        file: FileRecord,
        chunks: Sequence[Chunk],
        tenant: str,
    ) -> None:
        """Put a file there that is not known yet, in a transaction of the caller's."""
        name = PurePath(file.path).stem
        bags = [passage_bag(name, chunk.heading, chunk.text) for chunk in chunks]
        file_id = connection.execute(
            "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
            (tenant, file.path, file.stamp.size_bytes, file.stamp.modified_ns, file.sha256,
             file.format, file.problem, datetime.now(UTC).isoformat(timespec="seconds")),
        ).lastrowid  # fmt: skip
        connection.executemany(
            "INSERT INTO chunks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                (file_id, chunk.section, chunk.first_line, chunk.last_line, chunk.page,
                 chunk.heading, chunk.text, digest(chunk.text), bag.total())
                for chunk, bag in zip(chunks, bags, strict=True)
            ),
        )  # fmt: skip
        _count_terms(connection, bags, sign=1)

    def drop(self, connection: sqlite3.Connection, paths: Sequence[str], tenant: str) -> None:
        """Files that are gone, in a transaction of the caller's."""
        for some in _portions(paths):
            _forget(connection, some, tenant)

    def touch(self, path: str, stamp: Stamp, tenant: str) -> None:
        """The file says what it said, at another time."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE files SET size_bytes = ?, modified_ns = ? WHERE tenant = ? AND path = ?",
                (stamp.size_bytes, stamp.modified_ns, tenant, path),
            )

    def forget(self, paths: Iterable[str], tenant: str) -> None:
        """Files that are gone, or shall be."""
        for some in _portions(list(paths)):
            with self._database.transaction() as connection:
                _forget(connection, some, tenant)

    def texts(self, paths: Sequence[str], tenant: str) -> list[tuple[str, str]]:
        """Heading and text of every chunk of these files."""
        found: list[tuple[str, str]] = []
        with self._database.connection() as connection:
            for some in _portions(paths):
                where = f"tenant = ? AND path IN ({_marks(some)})"
                rows = connection.execute(_passages(where), (tenant, *some))
                found += [(row["heading"], row["text"]) for row in rows]
        return found

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Those of `ids` that still exist."""
        found: dict[int, StoredPassage] = {}
        with self._database.connection() as connection:
            for some in _portions(ids):
                rows = connection.execute(_passages(f"chunks.id IN ({_marks(some)})"), some)
                found |= {row["id"]: _passage(row) for row in rows}
        return found

    def sections(self, file_ids: Sequence[int]) -> Iterator[list[StoredPassage]]:
        """The chunks of these files, section by section."""
        with self._database.connection() as connection:
            for file_id in file_ids:
                where = "files.id = ? ORDER BY chunks.section, chunks.id"
                section: list[StoredPassage] = []
                for row in connection.execute(_passages(where), (file_id,)):
                    if section and row["section"] != section[-1].chunk.section:
                        yield section
                        section = []
                    section.append(_passage(row))
                if section:
                    yield section

    def holders(self, terms: Iterable[int]) -> dict[int, int]:
        """In how many chunks each of these terms stands, of those that stand in any."""
        found: dict[int, int] = {}
        with self._database.connection() as connection:
            for some in _portions(list(terms)):
                rows = connection.execute(
                    f"SELECT id, chunks FROM terms WHERE id IN ({_marks(some)})",  # noqa: S608
                    some,
                )
                found |= {row["id"]: row["chunks"] for row in rows}
        return found

    def size(self) -> int:
        """How many chunks there are."""
        return self.holders([_ALL]).get(_ALL, 0)

    def counts(self, tenant: str) -> Counts:
        """For a person who asks how things stand."""
        with self._database.connection() as connection:
            files = connection.execute(
                "SELECT COUNT(*), TOTAL(problem <> '') FROM files WHERE tenant = ?", (tenant,)
            ).fetchone()
            chunks = connection.execute(
                "SELECT COUNT(*), TOTAL(stored < 1), TOTAL(stored < 2) FROM chunks "
                "JOIN files ON files.id = file_id WHERE tenant = ?",
                (tenant,),
            ).fetchone()
        return Counts(*(int(number) for number in (*files, *chunks)))

    def roots(self, tenant: str) -> list[str]:
        """What was asked to be indexed."""
        with self._database.connection() as connection:
            rows = connection.execute("SELECT path FROM roots WHERE tenant = ?", (tenant,))
            return sorted(row["path"] for row in rows)

    def add_roots(self, paths: Iterable[str], tenant: str) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO roots VALUES (?, ?)", ((tenant, path) for path in paths)
            )

    def drop_roots(self, paths: Iterable[str], tenant: str) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM roots WHERE tenant = ? AND path = ?",
                ((tenant, path) for path in paths),
            )


def _forget(connection: sqlite3.Connection, paths: Sequence[str], tenant: str) -> None:
    where = f"files.tenant = ? AND files.path IN ({_marks(paths)})"
    bags = [_passage(row).bag() for row in connection.execute(_passages(where), (tenant, *paths))]
    _count_terms(connection, bags, sign=-1)
    connection.execute(f"DELETE FROM files WHERE {where}", (tenant, *paths))  # noqa: S608


def _count_terms(connection: sqlite3.Connection, bags: Iterable[Bag], *, sign: int) -> None:
    holders = Counter(term for bag in bags for term in (*bag, _ALL))
    connection.executemany(
        "INSERT INTO terms VALUES (?, ?) "
        "ON CONFLICT (id) DO UPDATE SET chunks = chunks + excluded.chunks",
        ((term, sign * count) for term, count in holders.items()),
    )


def _passages(where: str) -> str:
    return (
        "SELECT chunks.*, path, tenant, format, modified_ns, sha256 FROM chunks "  # noqa: S608
        f"JOIN files ON files.id = file_id WHERE {where}"
    )


def _file(row: sqlite3.Row) -> FileRecord:
    stamp = Stamp(row["size_bytes"], row["modified_ns"])
    return FileRecord(
        row["path"], stamp, row["sha256"], row["format"], row["problem"], row["indexed_at"]
    )


def _passage(row: sqlite3.Row) -> StoredPassage:
    chunk = Chunk(
        row["first_line"], row["last_line"], row["heading"], row["text"], row["page"],
        row["section"],
    )  # fmt: skip
    return StoredPassage(
        row["id"], row["path"], row["tenant"], row["format"], row["modified_ns"] / 1e9,
        row["sha256"], chunk, row["digest"],
    )  # fmt: skip


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for first in range(0, len(values), _MANY):
        yield values[first : first + _MANY]
