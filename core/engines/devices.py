"""A GPU, as an engine sees it.

Owns the type; knows nothing of how a GPU is found or used.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """`name` is the engine's own ("CUDA0"), `description` the maker's; sizes in MiB.

    `free_mb` is as of the moment it was asked. A `unified` one has no memory of its own: what
    it holds is the machine's.
    """

    name: str
    description: str
    total_mb: int
    free_mb: int
    unified: bool = False
