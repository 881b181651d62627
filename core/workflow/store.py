"""The database of work in phases: results to be given again, and what models were worth.

Owns its tables; the unfinished runs in the same file are LangGraph's (`checkpoints`).
"""

from __future__ import annotations

from core.storage.database import Database
from core.storage.folder import DataFolder
from core.storage.migrations import Migration

TABLES: tuple[Migration, ...] = (
    (
        """
        CREATE TABLE results (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,   -- digest of all that the result follows from
            result TEXT NOT NULL        -- JSON
        )
        """,
        """
        CREATE TABLE outcomes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model TEXT NOT NULL,
            task TEXT NOT NULL,
            reward REAL NOT NULL,       -- 0 to 1
            weight REAL NOT NULL        -- how sure that is
        )
        """,
    ),
    # As core.storage.kept_results has it.
    ("ALTER TABLE results ADD COLUMN made_at REAL NOT NULL DEFAULT 0",),
)


def open_store(folder: DataFolder) -> Database:
    """Made where it is missing. Raises: StorageError."""
    return Database(folder.workflows, TABLES)
