"""Runs that are not done yet: a LangGraph checkpoint after every wave of phases.

Owns the connection, the list of runs and who carries one out; a run that is done is deleted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from langgraph.checkpoint.sqlite import SqliteSaver

from core.errors import InvalidInput, StorageError
from core.storage.folder import DataFolder
from core.storage.private_file import make_private
from core.workflow.job import Job
from core.workflow.ownership import RunOwners
from core.workflow.results import PhaseResult


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run that can be resumed, with what came of it so far."""

    job: Job
    results: tuple[PhaseResult, ...]


class Runs:
    """The unfinished runs of a data folder. Threads may share it.

    Raises: StorageError, from every method too.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._path = path = folder.workflows
        self._owners = RunOwners(folder.runs)
        with self._failures(), ExitStack() as on_failure:
            make_private(path)
            connection = sqlite3.connect(path, check_same_thread=False)
            on_failure.callback(connection.close)
            connection.execute("PRAGMA journal_mode=WAL")
            # A power cut may then lose the newest phase, never the file.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")
            self.saver = SqliteSaver(connection)
            self.saver.setup()
            on_failure.pop_all()

    def get(self, run_id: str) -> UnfinishedRun | None:
        """The run of this name; None when there is none."""
        with self._failures():
            found = self.saver.get_tuple({"configurable": {"thread_id": run_id}})
        values = found.checkpoint["channel_values"] if found else {}
        if "job" not in values:
            return None
        # What was done of a wave whose other phases were not.
        beside = [
            each
            for _, channel, value in (found and found.pending_writes) or ()
            if channel == "results"
            for each in value
        ]
        results = (PhaseResult.from_dict(each) for each in (*values.get("results", ()), *beside))
        return UnfinishedRun(Job.from_dict(values["job"]), tuple(results))

    def require(self, run_id: str) -> UnfinishedRun:
        """As `get`. Raises: InvalidInput, when there is none."""
        run = self.get(run_id)
        if run is None:
            raise InvalidInput(
                f"There is no unfinished run {run_id!r}.",
                key="run_id",
                hint="`sarai run --unfinished` lists them.",
            )
        return run

    def owned(self, run_id: str) -> AbstractContextManager[None]:
        """While inside, nobody else carries out the run. Raises: RunInProgress."""
        return self._owners.owned(run_id)

    def in_progress(self, run_id: str) -> bool:
        """Whether somebody carries it out at this moment, in any process."""
        return self._owners.in_progress(run_id)

    def all(self) -> list[UnfinishedRun]:
        """Every run that can be resumed, the newest first."""
        with self._failures(), self.saver.cursor(transaction=False) as cursor:
            names = cursor.execute("SELECT DISTINCT thread_id FROM checkpoints").fetchall()
        found = (self.get(name) for (name,) in names)
        return sorted((run for run in found if run), key=lambda run: -run.job.started_s)

    def delete(self, run_id: str) -> None:
        """Forget a run; nothing happens when there is none."""
        with self._failures():
            self.saver.delete_thread(run_id)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self.saver.conn.close()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"The unfinished runs in {self._path} cannot be used: {error}.",
                hint="Check the free space of the disk and who may write the data folder.",
            ) from error
