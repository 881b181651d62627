"""The processes of this test run, as the operating system sees them.

Those that only wait for a next pool (`kept_engines`) are nobody's and left out.
"""

from __future__ import annotations

import psutil

from tests.kept_engines import waiting_process_ids

WORKER_MODULE = "core.engines.llama.worker"


def children() -> list[psutil.Process]:
    """What this process has started itself."""
    return _without_waiting(psutil.Process().children())


def workers(*models: str) -> list[psutil.Process]:
    """Living workers of the named models; of every model when none is named."""
    found = []
    for child in _without_waiting(psutil.Process().children(recursive=True)):
        words = _command(child)
        if WORKER_MODULE in words and (not models or words[-1] in models):
            found.append(child)
    return found


def _without_waiting(processes: list[psutil.Process]) -> list[psutil.Process]:
    waiting = waiting_process_ids()
    return [process for process in processes if process.pid not in waiting]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # it ended between the listing and this question
        return []
