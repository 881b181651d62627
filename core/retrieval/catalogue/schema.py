"""The tables of the catalogue, as the steps that made them (see core.storage.migrations)."""

from __future__ import annotations

from core.storage.migrations import Migration

PASSAGES: Migration = (
    """
    CREATE TABLE files (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        tenant TEXT NOT NULL,
        path TEXT NOT NULL,           -- absolute
        size_bytes INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        format TEXT NOT NULL,
        problem TEXT NOT NULL,        -- why it could not be read; empty when it was
        indexed_at TEXT NOT NULL,     -- ISO 8601, UTC
        UNIQUE (tenant, path)
    )
    """,
    # A chunk never changes: what a file says anew is a new chunk, and numbers are never
    # given again, so that a vector store can lag behind and still be right.
    """
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
        section INTEGER NOT NULL,
        first_line INTEGER NOT NULL,
        last_line INTEGER NOT NULL,
        page INTEGER,
        heading TEXT NOT NULL,
        text TEXT NOT NULL,
        digest BLOB NOT NULL,         -- of the normalised text
        terms INTEGER NOT NULL,       -- how many, repetitions counted
        stored INTEGER NOT NULL DEFAULT 0  -- in the vector store: 1 by words, 2 by meaning too
    )
    """,
    "CREATE INDEX chunks_of_files ON chunks (file_id, section)",
    "CREATE INDEX chunks_to_store ON chunks (stored, id) WHERE stored < 2",
    # Chunks that are gone from here and not yet from the vector store.
    "CREATE TABLE tombstones (chunk_id INTEGER PRIMARY KEY)",
    """
    CREATE TRIGGER chunk_dies AFTER DELETE ON chunks
    BEGIN INSERT INTO tombstones VALUES (old.id); END
    """,
    # In how many chunks each term stands.
    "CREATE TABLE terms (id INTEGER PRIMARY KEY, chunks INTEGER NOT NULL)",
    "CREATE TABLE embeddings (key BLOB PRIMARY KEY, model TEXT NOT NULL, vector BLOB NOT NULL)",
    # What the vector store holds now; one row.
    """
    CREATE TABLE collection (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        place TEXT NOT NULL,          -- of the store
        identity TEXT NOT NULL,       -- whose dense vectors; empty for none
        passage_terms REAL NOT NULL,
        section_terms REAL NOT NULL
    )
    """,
)
"""What can be searched: documents, and with tables of its own beside them, what is remembered."""

MIGRATIONS: tuple[Migration, ...] = (
    (
        # What the user asked to index: a file, a folder or a pattern.
        """
        CREATE TABLE roots (
            tenant TEXT NOT NULL,
            path TEXT NOT NULL,
            PRIMARY KEY (tenant, path)
        )
        """,
        *PASSAGES,
    ),
    (
        # What SearXNG servers answered, for as long as it is believed.
        """
        CREATE TABLE web_searches (
            query TEXT NOT NULL,
            language TEXT NOT NULL,
            server TEXT NOT NULL,
            asked_at REAL NOT NULL,       -- seconds since 1970
            snippets TEXT NOT NULL,       -- JSON
            PRIMARY KEY (query, language, server)
        )
        """,
    ),
)
