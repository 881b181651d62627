"""The tables of the memory, as the steps that made them (see core.storage.migrations)."""

from __future__ import annotations

from core.retrieval.catalogue.schema import PASSAGES
from core.storage.migrations import Migration

MIGRATIONS: tuple[Migration, ...] = (
    (
        *PASSAGES,
        # Each is a file of the catalogue as well, by which it is found: see `Records`.
        """
        CREATE TABLE memories (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,           -- fact or turn
            user TEXT NOT NULL,
            thread TEXT NOT NULL,         -- empty for facts, and where there was none
            speaker TEXT NOT NULL,        -- user or assistant
            text TEXT NOT NULL,
            digest BLOB NOT NULL,         -- of its words
            said_at REAL NOT NULL,        -- times are seconds since 1970
            difficulty REAL,
            subject TEXT NOT NULL,
            valid_from REAL,
            valid_until REAL,             -- as it was told
            superseded_by INTEGER
        )
        """,
        "CREATE INDEX memories_of_users ON memories (user, kind, digest)",
        "CREATE INDEX memories_of_threads ON memories (thread, user, id)",
        "CREATE INDEX memories_of_subjects ON memories (user, subject) WHERE subject <> ''",
        # What was forgotten and does not come back by itself: no words, only their digest.
        """
        CREATE TABLE forgotten (
            user TEXT NOT NULL,
            digest BLOB NOT NULL,
            PRIMARY KEY (user, digest)
        )
        """,
        # What programs keep by LangGraph's store.
        """
        CREATE TABLE items (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            namespace TEXT NOT NULL,      -- JSON list
            key TEXT NOT NULL,
            value TEXT NOT NULL,          -- JSON object
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL,
            UNIQUE (namespace, key)
        )
        """,
    ),
)
