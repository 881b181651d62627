"""Memories in SQLite: kept, listed, superseded, forgotten.

Owns the SQL about memories; knows nothing of how they are found. Each is a file of the catalogue
as well, which makes it searchable: both are written in one transaction, so that a kill leaves
all of a memory or nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from core.memory.record import Kind, NewMemory, Remembered, text_digest
from core.memory.rows import INSERT, NEIGHBOURS, SELECT, read, remembered, row_of
from core.memory.supersession import supersede
from core.retrieval.catalogue.catalogue import Catalogue, FileRecord, Stamp, StoredPassage
from core.retrieval.chunks import split_blocks
from core.retrieval.duplicates import normalised
from core.retrieval.parsing.blocks import Block
from core.storage.database import Database


def tenant_of(user: str) -> str:
    """Whose a file of the catalogue is; programs' items have a tenant of their own."""
    return f"user:{user}"


def folder_of(kind: Kind, thread: str) -> str:
    """Where in the catalogue the memories of a kind, and of a conversation, lie."""
    return f"/{kind}/t{quote(thread, safe='')}"


def path_of(memory: NewMemory, memory_id: int) -> str:
    """Where in the catalogue a memory lies."""
    return f"{folder_of(memory.kind, memory.thread)}/m{memory_id}"


def id_of(passage: StoredPassage) -> int:
    """The memory that a passage is of."""
    return int(passage.path.rpartition("/m")[2])


class Records:
    """The memories of a database. Safe among threads and processes."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    def add(self, new: Sequence[NewMemory], *, lift: bool = False) -> list[Remembered | None]:
        """Keep memories, all or none; a fact that is there already stays as it is.

        What was forgotten is not kept, and None in the result, unless `lift`: then it is no
        longer forgotten.

        Raises: StorageError.
        """
        with self._database.transaction() as connection:
            ids = [self._add(connection, each, lift=lift) for each in new]
            found = {each.id: each for each in read(connection, [i for i in ids if i])}
        return [found[each] if each else None for each in ids]

    def get(self, ids: Sequence[int], user: str) -> dict[int, Remembered]:
        """Those of `ids` that exist and are the user's."""
        with self._database.connection() as connection:
            return {each.id: each for each in read(connection, ids) if each.user == user}

    def listed(
        self, user: str, *, kinds: Sequence[Kind] = ("fact", "turn"), limit: int = -1
    ) -> list[Remembered]:
        """The user's memories, the newest first."""
        with self._database.connection() as connection:
            rows = connection.execute(
                f"{SELECT} WHERE memories.user = ? AND memories.kind IN (?, ?) "
                "ORDER BY memories.said_at DESC, memories.id DESC LIMIT ?",
                (user, kinds[0], kinds[-1], limit),
            )
            return [remembered(row) for row in rows]

    def some(self, user: str | None = None) -> bool:
        """Whether anything is remembered: of the user, or of anybody."""
        with self._database.connection() as connection:
            return bool(
                connection.execute(
                    "SELECT EXISTS (SELECT 1 FROM memories WHERE user = :user OR :user IS NULL)",
                    {"user": user},
                ).fetchone()[0]
            )

    def saying(self, text: str, user: str) -> list[Remembered]:
        """The user's memories of exactly these words."""
        with self._database.connection() as connection:
            rows = connection.execute(
                f"{SELECT} WHERE memories.user = ? AND memories.digest = ?",
                (user, text_digest(text)),
            )
            return [remembered(row) for row in rows]

    def neighbours(self, ids: Sequence[int]) -> dict[int, list[int]]:
        """For each turn what was said right before and after it in its conversation.

        Without a conversation, only question and answer belong together.
        """
        found: dict[int, list[int]] = {}
        with self._database.connection() as connection:
            for each in ids:
                rows = connection.execute(NEIGHBOURS, {"id": each})
                found[each] = [row["id"] for row in rows]
        return found

    def forget(self, memories: Sequence[Remembered]) -> None:
        """Delete these, and keep that they do not come back. Raises: StorageError."""
        with self._database.transaction() as connection:
            self._delete(connection, memories)
            connection.executemany(
                "INSERT OR IGNORE INTO forgotten VALUES (?, ?)",
                ((each.user, text_digest(each.text)) for each in memories),
            )

    def of_thread(self, thread: str) -> list[Remembered]:
        """What was said in a conversation, whoever said it."""
        with self._database.connection() as connection:
            rows = connection.execute(f"{SELECT} WHERE memories.thread = ?", (thread,))
            return [remembered(row) for row in rows]

    def delete(self, memories: Sequence[Remembered]) -> None:
        """Delete these as if they had never been. Raises: StorageError."""
        with self._database.transaction() as connection:
            self._delete(connection, memories)

    def _add(self, connection: sqlite3.Connection, new: NewMemory, *, lift: bool) -> int | None:
        digest = text_digest(new.text)
        if lift:
            connection.execute(
                "DELETE FROM forgotten WHERE user = ? AND digest = ?", (new.user, digest)
            )
        elif _is_forgotten(connection, new.user, digest):
            return None
        if (same := _same(connection, new, digest)) is not None:
            return same
        memory_id = int(connection.execute(INSERT, row_of(new, digest)).lastrowid or 0)
        self._make_searchable(connection, new, memory_id)
        supersede(connection, new.user, new.subject)
        return memory_id

    def _make_searchable(
        self, connection: sqlite3.Connection, new: NewMemory, memory_id: int
    ) -> None:
        stamp = Stamp(len(new.text), 0)  # when it was said stands in the memory
        chunks = split_blocks([Block(new.text, first_line=1)])
        record = FileRecord(path_of(new, memory_id), stamp, "", new.kind)
        self._catalogue.add(connection, record, chunks, tenant_of(new.user))

    def _delete(self, connection: sqlite3.Connection, memories: Iterable[Remembered]) -> None:
        for each in memories:
            path = path_of(each, each.id)
            self._catalogue.drop(connection, [path], tenant_of(each.user))
            connection.execute("DELETE FROM memories WHERE id = ?", (each.id,))
            supersede(connection, each.user, each.subject)


def _is_forgotten(connection: sqlite3.Connection, user: str, digest: bytes) -> bool:
    found = connection.execute(
        "SELECT 1 FROM forgotten WHERE user = ? AND digest = ?", (user, digest)
    )
    return found.fetchone() is not None


def _same(connection: sqlite3.Connection, new: NewMemory, digest: bytes) -> int | None:
    """What is there already: a fact of these words that still holds, or this very turn."""
    rows = connection.execute(
        f"{SELECT} WHERE memories.user = ? AND memories.kind = ? AND memories.digest = ?",
        (new.user, new.kind, digest),
    )
    for known in map(remembered, rows):
        if normalised(known.text) == normalised(new.text) and _says_the_same(known, new):
            return known.id
    return None


def _says_the_same(known: Remembered, new: NewMemory) -> bool:
    if new.kind == "turn":
        told = ((each.thread, each.speaker, each.said_at) for each in (known, new))
        return next(told) == next(told)
    if known.valid_from is None or new.valid_from is None:
        return known.valid_from == new.valid_from
    still_holds = known.superseded_by is None and known.valid_from <= new.valid_from
    return still_holds or known.valid_from == new.valid_from
