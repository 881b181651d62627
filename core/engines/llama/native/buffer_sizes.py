"""What llama.cpp says that it allocated, and on what.

Owns the reading of those lines of its log, which are the only place where the C interface tells
it; decides nothing. What drivers keep for themselves no line names.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_LINE = re.compile(r"(\w+): +(\S+) +(\S+) buffer size *= *([\d.]+) MiB")
"""Source: LLAMA_LOG_INFO in llama-model.cpp, llama-kv-cache.cpp, llama-memory-recurrent.cpp and
llama-context.cpp, and LOG_INF in clip.cpp."""
OF_THE_MACHINE = "_Host"
"""Ends the name of the machine's own memory where a GPU can reach it."""
REPEATED = "compute"
"""Told again whenever it grows; the others are told once for each buffer."""


class BufferSizes:
    """Sums by kind of buffer; made anew for each model."""

    def __init__(self) -> None:
        self._mb: dict[tuple[str, str, str], float] = {}

    def heard(self, line: str) -> None:
        """A line of the log, of whatever it speaks."""
        found = _LINE.match(line)
        if found is None:
            return
        teller, memory, use, size_mb = found.groups()
        before_mb, told_mb = self._mb.get((teller, memory, use), 0.0), float(size_mb)
        now_mb = max(before_mb, told_mb) if use == REPEATED else before_mb + told_mb
        self._mb[teller, memory, use] = now_mb

    def on(self, devices: Collection[str]) -> float:
        """MiB on these devices together: "CUDA0" is named so, or "CUDA0_Split"."""
        return sum(
            size_mb
            for (_, memory, _), size_mb in self._mb.items()
            if any(_belongs(memory, device) for device in devices)
        )


def _belongs(memory: str, device: str) -> bool:
    if memory.endswith(OF_THE_MACHINE):
        return False
    return memory == device or memory.startswith(f"{device}_")
