"""A process that begins a task, or goes on with one, and stands still in the middle of it, to be
killed.

python -m tests.workflow.killed_run SETTINGS DATA AGENT [RUN]
"""

from __future__ import annotations

import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import DataFolder, open_data_folder
from core.workflow import MultiModelExecutor, PhaseFinished, PhaseToken
from tests.environments import NO_OLLAMA
from tests.workflow.world import TASK


def main(settings: str, data: str, agent: str, run_id: str = "") -> None:
    folder = open_data_folder(Path(data))
    pool = ModelPool(load_settings(Path(settings), environ=NO_OLLAMA), folder)
    executor = MultiModelExecutor(pool)
    done = bool(run_id)
    for event in executor.stream_resumed(run_id) if run_id else executor.stream(agent, TASK):
        done = done or isinstance(event, PhaseFinished)
        if done and isinstance(event, PhaseToken) and written(folder):
            print("standing still", flush=True)
            signal.pause()


def written(folder: DataFolder) -> bool:
    """Whether what was done is in the file, as part of a wave or as a whole one."""
    with closing(sqlite3.connect(folder.workflows)) as connection:
        (rows,) = connection.execute(
            "SELECT count(*) FROM writes WHERE channel = 'results'"
        ).fetchone()
    return bool(rows > 1)  # the first is of the beginning


if __name__ == "__main__":
    main(*sys.argv[1:])
