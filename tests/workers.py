"""The worker processes of this test run, as the operating system sees them."""

from __future__ import annotations

import psutil

WORKER_MODULE = "core.engines.llama.worker"


def workers(*models: str) -> list[psutil.Process]:
    """Living workers of the named models; of every model when none is named."""
    found = []
    for child in psutil.Process().children(recursive=True):
        words = _command(child)
        if WORKER_MODULE in words and (not models or words[-1] in models):
            found.append(child)
    return found


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # it ended between the listing and this question
        return []
