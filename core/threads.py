"""Conversations that last: LangGraph's checkpoints in a SQLite file of the data folder.

Owns the checkpoint database and what of a state it keeps; knows nothing of what a turn does.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, TypedDict, cast, get_type_hints

from langchain_core.runnables import RunnableConfig
from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.sqlite import SqliteSaver

from core.errors import StorageError
from core.state import PastTurn, State
from core.storage.private_file import make_private

REMEMBERED = "history"
"""The only key of the state that outlives its turn."""


def remembering_state() -> type[State]:
    """`State` with every other key kept out of the checkpoints."""
    hints = get_type_hints(State)
    keys = {
        name: hint if name == REMEMBERED else Annotated[hint, UntrackedValue(hint)]
        for name, hint in hints.items()
    }
    made = TypedDict("RememberingState", keys, total=False)  # type: ignore[misc]  # of keys
    return cast("type[State]", made)


class Conversations(SqliteSaver):
    """Keeps the newest checkpoint of each thread, and nothing of the turns that led to it.

    Nobody goes back to an earlier turn, and a whole history for each turn would let the file
    grow with the square of their number. A turn that fails is not resumed, so its writes are
    not kept either.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._saving = threading.Lock()
        self._problems: dict[str, str] = {}

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As `SqliteSaver.get_tuple`. Raises: StorageError."""
        try:
            return super().get_tuple(config)
        except sqlite3.Error as error:
            raise StorageError(
                f"The conversation {_thread_id(config)} cannot be read: {error}.",
                hint="Ask without a thread_id, or move threads.db away to start anew.",
            ) from error

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Replace the thread's checkpoint; a failure is kept for `problem`, since by now
        there is an answer, and it must not be lost."""
        try:
            with self._saving:
                joined = self._with_turns_of_others(config, checkpoint)
                saved = super().put(config, joined, metadata, new_versions)
                self._drop_all_but(saved)
                return saved
        except sqlite3.Error as error:
            self._problems[_thread_id(config)] = str(error)
            return config

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Keep nothing: a turn is never resumed half-way."""

    def problem(self, thread_id: str) -> str | None:
        """Why the last turn of the thread was not saved, told once; None when it was."""
        return self._problems.pop(thread_id, None)

    def delete_thread(self, thread_id: str) -> None:
        """Forget a conversation, to the last byte of it in the file."""
        super().delete_thread(thread_id)
        with self.cursor(transaction=False) as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _with_turns_of_others(self, config: RunnableConfig, checkpoint: Checkpoint) -> Checkpoint:
        """`checkpoint` after the turns that were saved while its own was answered."""
        newest = super().get_tuple({"configurable": {"thread_id": _thread_id(config)}})
        parent = config["configurable"].get("checkpoint_id")
        if newest is None or newest.config["configurable"]["checkpoint_id"] == parent:
            return checkpoint
        saved, own = _history(newest.checkpoint), _history(checkpoint)
        values = {**checkpoint["channel_values"], REMEMBERED: saved + _new_turns(saved, own)}
        return {**checkpoint, "channel_values": values}

    def _drop_all_but(self, saved: RunnableConfig) -> None:
        with self.cursor() as cursor:
            cursor.execute(
                "DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id <> ?",
                (_thread_id(saved), saved["configurable"]["checkpoint_id"]),
            )


def open_checkpoints(path: Path) -> Conversations:
    """The conversations in `path`, made readable by its owner alone.

    WAL and synchronous=NORMAL take a turn's checkpoint from about 11 to 2 ms; a power cut
    may then lose the last turn, never the file. What is deleted is overwritten.

    Raises: StorageError.
    """
    try:
        make_private(path)
        with ExitStack() as on_failure:
            connection = sqlite3.connect(path, check_same_thread=False)
            on_failure.callback(connection.close)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")
            saver = Conversations(connection)
            saver.setup()
            on_failure.pop_all()
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"The conversations in {path} cannot be opened: {error}.",
            hint="Move the file away to start anew; nothing was deleted.",
        ) from error
    return saver


def _thread_id(config: RunnableConfig) -> str:
    return str(config["configurable"]["thread_id"])


def _history(checkpoint: Checkpoint) -> list[PastTurn]:
    return list(checkpoint["channel_values"].get(REMEMBERED) or ())


def _new_turns(saved: list[PastTurn], own: list[PastTurn]) -> list[PastTurn]:
    """What `own` adds to the beginning that it shares with `saved`."""
    shared = 0
    while shared < min(len(saved), len(own)) and saved[shared] == own[shared]:
        shared += 1
    return own[shared:]
