"""One sequence of the KV cache: what it holds and who uses it.

Owns that record; knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.engines.llama.cache.prompt_entries import Entry, common_prefix, positions_in, tokens_in

WORTH_TOKENS = 32
"""Fewer tokens than this are evaluated again rather than saved or restored. Copying the
cache of a conversation takes about as long as evaluating a few tokens."""


@dataclass(slots=True, eq=False)
class CachedSequence:
    """A conversation in the cache, in use or idle.

    Args:
        number: what llama.cpp calls it.
        entries: what was evaluated; the first `prompt_entries` were asked, the rest answered.
        position: the one that follows.
        reserved_tokens: cells that the request that uses it may come to need; 0 when idle.
        used_at: greater than that of those which were used before it.
    """

    number: int
    entries: list[Entry] = field(default_factory=list)
    prompt_entries: int = 0
    position: int = 0
    reserved_tokens: int = 0
    used_at: int = 0

    @property
    def idle(self) -> bool:
        return self.reserved_tokens == 0

    def hold(self, entries: Sequence[Entry]) -> None:
        """Set what is held."""
        self.entries = list(entries)
        self.position = positions_in(self.entries)

    def append(self, entries: Sequence[Entry]) -> None:
        """`entries` were evaluated."""
        self.entries += entries
        self.position += positions_in(entries)

    def is_left_by(self, prompt: Sequence[Entry]) -> bool:
        """Whether `prompt`, put in its place, would leave its conversation.

        An answer that its own conversation does not repeat, as thoughts, is no loss.
        """
        kept = common_prefix(self.entries, prompt)
        return tokens_in(self.entries[kept : self.prompt_entries]) > WORTH_TOKENS
