"""Conversations that last: LangGraph's checkpoints in a SQLite file of the data folder.

Owns the checkpoint database; knows nothing of what a turn does.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from pathlib import Path

from langgraph.checkpoint.sqlite import SqliteSaver

from core.errors import StorageError
from core.storage.private_file import make_private


def open_checkpoints(path: Path) -> SqliteSaver:
    """The saver on `path`, made readable by its owner alone.

    WAL and synchronous=NORMAL take a turn's checkpoint from about 11 to 2 ms; a power cut
    may then lose the last turn, never the file.

    Raises: StorageError.
    """
    try:
        make_private(path)
        with ExitStack() as on_failure:
            connection = sqlite3.connect(path, check_same_thread=False)
            on_failure.callback(connection.close)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            saver = SqliteSaver(connection)
            saver.setup()
            on_failure.pop_all()
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"The conversations in {path} cannot be opened: {error}.",
            hint="Move the file away to start anew; nothing was deleted.",
        ) from error
    return saver
