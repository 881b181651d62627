"""Copies of a model's KV cache, so that a conversation finds its own after another's turn.

Owns the copies and the bound on them; knows nothing of how they are made or put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.cache.conversation import Conversation
from core.engines.llama.cache.prompt_entries import Entry, common_prefix, tokens_in

MIB = 1024 * 1024
SAVED_STATES_MB = 256
"""Most memory for the copies of one model: about 1,800 tokens of a 4B model or 7,000 of a 3B
one with few KV heads. Part of a model's predicted footprint, so it is paid for by every
model that is loaded, used or not."""
PASSED_BY = 3
"""A conversation to which nobody came back while so many others began is a stray."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedState:
    """A copy of the cache when it held `entries`.

    Args:
        entries, prompt_entries, continued: as `Conversation` has them.
        data: the copy in llama.cpp's own format, and after it the scores.
        scores_bytes: how much of `data` the scores are.
        digest: SHA-256 of `data`, when it has been on disk; else empty.
    """

    entries: tuple[Entry, ...]
    prompt_entries: int
    data: NDArray[np.uint8]
    scores_bytes: int = 0
    continued: bool = False
    digest: bytes = b""

    @property
    def cells(self) -> NDArray[np.uint8]:
        """What llama.cpp puts back; a view."""
        return self.data[: self.data.size - self.scores_bytes]

    @property
    def scores(self) -> NDArray[np.float32] | None:
        """As `Conversation` has them."""
        if not self.scores_bytes:
            return None
        return np.frombuffer(self.data[-self.scores_bytes :].tobytes(), dtype=np.float32)

    def sound(self) -> bool:
        """Whether `data` is what it was; llama.cpp would not notice."""
        return not self.digest or sha256(self.data.data).digest() == self.digest


def is_stray(conversation: Conversation, later: int) -> bool:
    """Whether it may leave for good, `later` others having begun since: one question, asked
    once, as most that come with documents."""
    return not conversation.continued and later >= PASSED_BY


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

    def make_room_of_strays(
        self, tokens: int, size_bytes: int, newer: int, keep: SavedState | None
    ) -> bool:
        """As `make_room`, by dropping none but strays.

        Args:
            newer: conversations outside the copies that began later than all in them.
        """
        states = self._states
        strays = [
            state
            for later, state in zip(range(newer + len(states) - 1, -1, -1), states, strict=False)
            if state is not keep and is_stray(state, later)
        ]
        staying = [state for state in states if state not in strays]
        if not self._fits(staying, tokens, size_bytes):
            return False
        while not self._fits(self._states, tokens, size_bytes):
            self.drop(strays.pop(0))
        return True

    def _fits(self, states: Sequence[SavedState], tokens: int, size_bytes: int) -> bool:
        tokens += sum(tokens_in(state.entries) for state in states)
        size_bytes += sum(state.data.nbytes for state in states)
        return tokens <= self._limit_tokens and size_bytes <= self._limit_bytes

    def add(self, state: SavedState) -> None:
        """Keep `state` as the most recently used; `make_room` comes before."""
        self._states.append(state)

    def drop(self, state: SavedState) -> None:
        self._states.remove(state)

    def discard(self, state: SavedState | None) -> None:
        """Drop `state` if it is still there."""
        if state in self._states:
            self._states.remove(state)

    def drop_beginnings_of(self, entries: Sequence[Entry], keep: SavedState | None) -> None:
        """Drop what a longer copy of the same conversation, `entries`, will serve as well."""
        self._states = [
            state
            for state in self._states
            if state is keep
            or common_prefix(state.entries, entries) < min(state.prompt_entries, len(state.entries))
        ]
