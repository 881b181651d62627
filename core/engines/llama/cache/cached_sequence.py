"""One sequence of the KV cache: what it holds and who uses it.

Owns that record; knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.cache.prompt_entries import Entry, positions_in
from core.engines.llama.cache.saved_states import SavedState


@dataclass(slots=True, eq=False)
class CachedSequence:
    """A conversation in the cache, in use or idle.

    Args:
        number: what llama.cpp calls it.
        entries, prompt_entries, scores, continued: as `Conversation` has them.
        position: the one that follows.
        copy: of exactly this, which may have been dropped since; None when there is none.
        reserved_tokens: cells that the request that uses it may come to need; 0 when idle.
        used_at: greater than that of those which were used before it.
    """

    number: int
    entries: list[Entry] = field(default_factory=list)
    prompt_entries: int = 0
    scores: NDArray[np.float32] | None = None
    continued: bool = False
    position: int = 0
    copy: SavedState | None = None
    reserved_tokens: int = 0
    used_at: int = 0

    @property
    def idle(self) -> bool:
        return self.reserved_tokens == 0

    def hold(self, entries: Sequence[Entry]) -> None:
        """Set what is held."""
        self.copy = None
        self.entries = list(entries)
        self.position = positions_in(self.entries)

    def append(self, entries: Sequence[Entry]) -> None:
        """`entries` were evaluated."""
        self.copy = None
        self.entries += entries
        self.position += positions_in(entries)
