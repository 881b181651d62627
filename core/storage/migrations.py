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
    (
        """
        CREATE TABLE memory_peaks (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,   -- digest of the files, the settings and the engine
            model TEXT NOT NULL,        -- for people
            peak_mb REAL NOT NULL,
            measured_at TEXT NOT NULL   -- ISO 8601, UTC
        )
        """,
        """
        CREATE TABLE file_checksums (
            path TEXT PRIMARY KEY,
            identity TEXT NOT NULL,     -- size, time of change and inode when it was read
            sha256 TEXT NOT NULL
        )
        """,
    ),
    (
        """
        CREATE TABLE evictions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,           -- ISO 8601, UTC
            wanted TEXT NOT NULL,       -- the model that needed room
            need_mb INTEGER NOT NULL,
            free_mb INTEGER NOT NULL,   -- before anybody left
            victims TEXT NOT NULL,      -- JSON list of objects: name, reserved_mb, cost
            alternative TEXT NOT NULL   -- the same, of who else could have left
        )
        """,
    ),
    (
        "ALTER TABLE memory_peaks ADD COLUMN device_mb REAL NOT NULL DEFAULT 0",
        "ALTER TABLE evictions ADD COLUMN device_need_mb INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE evictions ADD COLUMN device_free_mb INTEGER NOT NULL DEFAULT 0",
    ),
    (
        """
        CREATE TABLE generation_speeds (
            key TEXT PRIMARY KEY,       -- of memory_peaks, and the threads
            model TEXT NOT NULL,        -- for people
            tokens REAL NOT NULL,       -- written, older answers fading
            seconds REAL NOT NULL,      -- that they took
            measured_at TEXT NOT NULL   -- ISO 8601, UTC
        )
        """,
    ),
    (
        """
        CREATE TABLE feedback_turns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run_id TEXT NOT NULL UNIQUE,
            at TEXT NOT NULL,           -- ISO 8601, UTC, when it was answered
            thread_id TEXT,             -- NULL: what comes next in the thread says nothing of it
            task TEXT NOT NULL,         -- of the classifier, else the kind of input
            difficulty TEXT NOT NULL,   -- easy, medium, hard
            language TEXT NOT NULL,
            model TEXT,                 -- who answered; NULL: no model was asked
            seconds REAL NOT NULL,
            draw TEXT,                  -- JSON object; NULL where nothing was drawn
            signal TEXT                 -- what is known of how it was received; NULL: nothing
        )
        """,
        "CREATE INDEX feedback_turns_by_thread ON feedback_turns (thread_id, id)",
        """
        CREATE TABLE learning (
            id INTEGER PRIMARY KEY CHECK (id = 1),  -- there while learning is on
            since TEXT NOT NULL,        -- ISO 8601, UTC
            turns INTEGER NOT NULL,     -- that the replay compared
            gain REAL NOT NULL,
            low REAL NOT NULL,
            high REAL NOT NULL
        )
        """,
    ),
)
