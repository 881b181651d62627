"""A question about llama.cpp on this machine, answered by a short process of its own.

Owns the life of that process and how its answer is read; knows nothing of what is asked. What
loading llama.cpp does to a process, a crash included, so stays out of SARAi's own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from signal import Signals
from typing import Any

from core.engines.llama.worker_process import worker_environment


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is none; `signal` is what ended the process, if one did."""

    reason: str
    signal: Signals | None = None


def ask(module: str, limit_s: float) -> Any | NoAnswer:
    """The JSON that `python -m module` prints as its last line, started as a worker is."""
    try:
        asked = subprocess.run(
            [sys.executable, "-P", "-m", module],
            env=worker_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return NoAnswer(f"the process that looked gave no answer within {limit_s:g} s")
    if asked.returncode == 0:
        return json.loads(asked.stdout.splitlines()[-1])
    if asked.returncode < 0:
        cause = Signals(-asked.returncode)
        return NoAnswer(f"the process that looked ended in {cause.name}", cause)
    said = asked.stderr.decode("utf-8", "replace").strip().splitlines()
    status = f"the process that looked ended with status {asked.returncode}"
    return NoAnswer(said[-1] if said else status)
