"""Copies of a model's KV cache, so that a conversation finds its own after another's turn.

Owns the copies and the bound on them; knows nothing of how they are made or put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.cache.prompt_entries import Entry, common_prefix, tokens_in

MIB = 1024 * 1024
SAVED_STATES_MB = 256
"""Most memory for the copies of one model: about 1,800 tokens of a 4B model or 7,000 of a 3B
one with few KV heads. Part of a model's predicted footprint, so it is paid for by every
model that is loaded, used or not."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedState:
    """A copy of the cache when it held `entries`; `data` is llama.cpp's own format.

    The first `prompt_entries` were asked, the rest was answered.

    Args:
        digest: SHA-256 of `data`, when it has been on disk; else empty.
    """

    entries: tuple[Entry, ...]
    prompt_entries: int
    data: NDArray[np.uint8]
    digest: bytes = b""

    def sound(self) -> bool:
        """Whether `data` is what it was; llama.cpp would not notice."""
        return not self.digest or sha256(self.data.data).digest() == self.digest


class SavedStates:
    """The copies, least recently used first.

    Args:
        limit_tokens: no more in all copies together. With the context as the limit, the
            copies never take more memory than the KV cache itself.
        limit_bytes: nor more than this.
    """

    def __init__(self, limit_tokens: int, limit_bytes: int = SAVED_STATES_MB * MIB) -> None:
        self._limit_tokens = limit_tokens
        self._limit_bytes = limit_bytes
        self._states: list[SavedState] = []

    @property
    def states(self) -> tuple[SavedState, ...]:
        return tuple(self._states)

    def best(self, prompt: Sequence[Entry], *, whole: bool) -> tuple[SavedState | None, int]:
        """The copy that begins `prompt` with most tokens, and how many entries they are.

        Args:
            whole: only copies that are of use as a whole, for models that cannot forget
                the end of what they hold.
        """
        found: SavedState | None = None
        best_count = best_tokens = 0
        for state in self._states:
            count = common_prefix(state.entries, prompt)
            tokens = tokens_in(state.entries[:count])
            if tokens > best_tokens and not (whole and count < len(state.entries)):
                found, best_count, best_tokens = state, count, tokens
        return found, best_count

    def make_room(self, tokens: int, size_bytes: int, keep: SavedState | None = None) -> bool:
        """Drop copies, least recently used first, until one more fits; False if it cannot.

        Args:
            keep: is not dropped, and counts.
        """
        kept = [] if keep is None else [keep]
        if not self._fits(kept, tokens, size_bytes):
            return False
        while not self._fits(self._states, tokens, size_bytes):
            self.drop(next(state for state in self._states if state is not keep))
        return True

    def has_room(self, tokens: int, size_bytes: int) -> bool:
        """Whether one more fits beside all of them."""
        return self._fits(self._states, tokens, size_bytes)

    def _fits(self, states: Sequence[SavedState], tokens: int, size_bytes: int) -> bool:
        tokens += sum(tokens_in(state.entries) for state in states)
        size_bytes += sum(state.data.nbytes for state in states)
        return tokens <= self._limit_tokens and size_bytes <= self._limit_bytes

    def add(self, state: SavedState) -> None:
        """Keep `state` as the most recently used; `make_room` comes before."""
        self._states.append(state)

    def drop(self, state: SavedState) -> None:
        self._states.remove(state)

    def drop_beginnings_of(self, entries: Sequence[Entry], keep: SavedState | None) -> None:
        """Drop what a longer copy of the same conversation, `entries`, will serve as well."""
        self._states = [
            state
            for state in self._states
            if state is keep
            or common_prefix(state.entries, entries) < min(state.prompt_entries, len(state.entries))
        ]
