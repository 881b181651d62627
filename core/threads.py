"""Conversations that last: LangGraph's checkpoints in a SQLite file of the data folder.

Owns the checkpoint database; knows nothing of what a turn does.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from langgraph.checkpoint.sqlite import SqliteSaver

from core.errors import StorageError

PRIVATE_FILE_MODE = 0o600


def open_checkpoints(path: Path) -> SqliteSaver:
    """The saver on `path`, made readable by its owner alone.

    WAL and synchronous=NORMAL take a turn's checkpoint from about 11 to 2 ms; a power cut
    may then lose the last turn, never the file.

    Raises: StorageError.
    """
    try:
        path.touch(PRIVATE_FILE_MODE)
        path.chmod(PRIVATE_FILE_MODE)
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        saver = SqliteSaver(connection)
        saver.setup()
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"The conversations in {path} cannot be opened: {error}.",
            hint="Move the file away to start anew; nothing was deleted.",
        ) from error
    return saver
