"""How much a program may take.

Owns the figures; `run` and `watch` hold them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take, all of its processes together unless said otherwise.

    Args:
        wall_s: from its start to its end.
        cpu_s: processor time of one process.
        memory_mb: resident, without what lies in the workspace; also the address space of one
            process.
        processes: at the same time, threads counted.
        workspace_mb: files, in the workspace and in /tmp each; they lie in memory.
        output_kb: kept of what it prints, first and last part; `OUTPUT_FACTOR` times as much
            ends it.
    """

    wall_s: float = 60.0
    cpu_s: int = 60
    memory_mb: int = 2048
    processes: int = 256
    workspace_mb: int = 256
    output_kb: int = 64


OUTPUT_FACTOR = 256
