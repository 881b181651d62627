"""An end to work that was set by a file or a caller and might never come to one.

Owns the process's processor-time alarm; knows nothing of what it guards.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def processor_time_limit(limit_s: float) -> Iterator[None]:
    """Ends this process (SIGPROF) when the block computes for longer than `limit_s`.

    The kernel does it, so it also works inside a single endless operation in C. Blocks do
    not nest.
    """
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
