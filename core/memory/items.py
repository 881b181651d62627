"""What programs keep: JSON objects by namespace and key, beside the memories of people.

Owns the SQL about items and the search in their texts; knows nothing of LangGraph. Each that
has texts is a file of the catalogue as well, in a folder for each part of its namespace.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from core.memory.record import utc_now
from core.memory.records import id_of
from core.memory.vectors import Vectors
from core.retrieval.catalogue.catalogue import Catalogue, FileRecord, Stamp
from core.retrieval.chunks import split_blocks
from core.retrieval.parsing.blocks import Block
from core.retrieval.stores.protocol import Filters
from core.storage.database import Database
from core.text.halves import without_halves

TENANT = "items"

Namespace = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item as it is kept; times are aware."""

    id: int
    namespace: Namespace
    key: str
    value: dict[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Put:
    """What shall be there: `value` (None deletes it), found by `texts`."""

    namespace: Namespace
    key: str
    value: Mapping[str, Any] | None
    texts: Sequence[str] = ()


class Items:
    """The items of a database. Safe among threads and processes."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        vectors: Vectors,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._vectors = vectors
        self._now = now

    def get(self, namespace: Namespace, key: str) -> KeptItem | None:
        """Raises: StorageError."""
        with self._database.connection() as connection:
            row = _row(connection, namespace, key)
        return None if row is None else _item(row)

    def below(self, prefix: Namespace) -> list[KeptItem]:
        """Every item whose namespace begins so, in the order in which they came."""
        begin = _text(list(prefix))[:-1]
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT * FROM items WHERE :begin = '[' OR namespace = :begin || ']' "
                "OR substr(namespace, 1, length(:begin) + 1) = :begin || ',' ORDER BY id",
                {"begin": begin},
            )
            return [_item(row) for row in rows]

    def namespaces(self) -> list[Namespace]:
        """Those that hold anything, sorted."""
        with self._database.connection() as connection:
            rows = connection.execute("SELECT DISTINCT namespace FROM items").fetchall()
        return sorted(tuple(json.loads(row["namespace"])) for row in rows)

    def put(self, puts: Sequence[Put]) -> None:
        """All of them or none. Raises: StorageError; TypeError, for what is no JSON."""
        values = [None if each.value is None else _text(dict(each.value)) for each in puts]
        with self._database.transaction() as connection:
            for each, value in zip(puts, values, strict=True):
                self._put(connection, each, value)

    def scores(self, query: str, prefix: Namespace) -> dict[int, float]:
        """How well items below `prefix` fit `query`, by their number; others do not at all."""
        scores: dict[int, float] = {}
        filters = Filters(tenant=TENANT, paths=(_folder(prefix),))
        for hit in self._vectors.search(query, filters).hits:
            for passage in (hit.passage, *hit.also):
                scores.setdefault(id_of(passage), hit.score)
        return scores

    def _put(self, connection: sqlite3.Connection, put: Put, value: str | None) -> None:
        known = _row(connection, put.namespace, put.key)
        if known is not None:
            self._catalogue.drop(connection, [_path(put.namespace, known["id"])], TENANT)
        if value is None:
            connection.execute(
                "DELETE FROM items WHERE namespace = ? AND key = ?", _name(put.namespace, put.key)
            )
            return
        now_s = self._now().timestamp()
        item_id = connection.execute(
            "INSERT INTO items VALUES (NULL, ?, ?, ?, ?, ?) ON CONFLICT (namespace, key) "
            "DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at RETURNING id",
            (*_name(put.namespace, put.key), value, now_s, now_s),
        ).fetchone()["id"]
        if any(text.strip() for text in put.texts):
            blocks = [Block(without_halves(text), first_line=1) for text in put.texts]
            record = FileRecord(_path(put.namespace, item_id), Stamp(len(value), 0), "", "item")
            self._catalogue.add(connection, record, split_blocks(blocks), TENANT)


def _folder(namespace: Namespace) -> str:
    return "/item" + "".join(f"/n{quote(label, safe='', errors='replace')}" for label in namespace)


def _path(namespace: Namespace, item_id: int) -> str:
    return f"{_folder(namespace)}/m{item_id}"


def _text(value: object) -> str:
    return json.dumps(value)  # ASCII, so that halves of characters can be kept


def _name(namespace: Namespace, key: str) -> tuple[str, str]:
    return _text(list(namespace)), _text(key)


def _row(connection: sqlite3.Connection, namespace: Namespace, key: str) -> Any:
    return connection.execute(
        "SELECT * FROM items WHERE namespace = ? AND key = ?", _name(namespace, key)
    ).fetchone()


def _item(row: sqlite3.Row) -> KeptItem:
    return KeptItem(
        row["id"],
        tuple(json.loads(row["namespace"])),
        json.loads(row["key"]),
        json.loads(row["value"]),
        datetime.fromtimestamp(row["created_at"], UTC),
        datetime.fromtimestamp(row["updated_at"], UTC),
    )
