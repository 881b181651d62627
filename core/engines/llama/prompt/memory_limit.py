"""An end to the memory that a file's own program may take.

Owns the process's limit on its address space; knows nothing of what it guards.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def extra_memory_limit(limit_bytes: int) -> Iterator[None]:
    """Inside, what would enlarge this process by more than `limit_bytes` is a MemoryError.

    On Linux; elsewhere there is no limit that holds. Blocks do not nest.
    """
    if sys.platform != "linux":
        yield
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    wanted = pages * resource.getpagesize() + limit_bytes
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    unlimited = resource.RLIM_INFINITY
    soft = min((limit for limit in (wanted, before, most) if limit != unlimited), default=wanted)
    resource.setrlimit(resource.RLIMIT_AS, (soft, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))
