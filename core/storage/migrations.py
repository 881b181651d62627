"""The tables of the database, as the steps that made them.

Owns the schema. A step that was ever released is never changed; what is new is a new step
at the end. The number of steps is the version that the file carries (PRAGMA user_version).
"""

from __future__ import annotations

Migration = tuple[str, ...]  # SQL statements, run in one transaction

MIGRATIONS: tuple[Migration, ...] = (
    (
        # AUTOINCREMENT: the number of a run that was pruned is never given again.
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            started_at TEXT NOT NULL,   -- ISO 8601, UTC
            thread_id TEXT,
            input_type TEXT,
            route TEXT,
            agent_used TEXT,
            model_used TEXT,
            path TEXT NOT NULL,         -- JSON list of the nodes, in the order they ran
            timings_ms TEXT NOT NULL,   -- JSON object, by node
            total_ms REAL NOT NULL,
            warnings TEXT NOT NULL      -- JSON list
        )
        """,
    ),
)
