"""Where the beginning of a prompt is to be had from, and whose place the prompt takes.

Owns that choice; changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.engines.llama.cache.cached_sequence import CachedSequence
from core.engines.llama.cache.conversation import WORTH_TOKENS, is_left, knows_answer
from core.engines.llama.cache.prompt_entries import Entry, common_prefix, tokens_in
from core.engines.llama.cache.saved_states import SavedState, SavedStates
from core.engines.llama.native.memory import NativeMemory

Source = CachedSequence | SavedState


class Sources:
    """The sequences of one model and the copies beside them."""

    def __init__(
        self, memory: NativeMemory, sequences: Sequence[CachedSequence], saved: SavedStates
    ) -> None:
        self._memory = memory
        self._sequences = sequences
        self._saved = saved

    def of_answer(self, prompt: Sequence[Entry]) -> Source | None:
        """Who can begin the answer to `prompt` at once."""
        for sequence in sorted(self._sequences, key=lambda each: not each.idle):
            whole = sequence.idle and len(sequence.entries) == len(prompt)
            if knows_answer(sequence, prompt) and (
                whole or self._memory.can_rewind(sequence.number)
            ):
                return sequence
        for state in self._saved.states:
            whole = len(state.entries) == len(prompt)
            if knows_answer(state, prompt) and (whole or self._memory.rewinds):
                return state
        return None

    def best(self, body: Sequence[Entry]) -> Source | None:
        """Who shares most with `body`; an idle sequence wins over one in use, and both over
        a copy that is hardly longer."""
        found: Source | None = None
        found_tokens = 0
        for sequence in sorted(self._sequences, key=lambda each: not each.idle):
            entries = common_prefix(sequence.entries, body)
            whole = sequence.idle and entries == len(sequence.entries)
            tokens = tokens_in(body[:entries])
            if tokens > found_tokens and (whole or self._memory.can_rewind(sequence.number)):
                found, found_tokens = sequence, tokens
        state, entries = self._saved.best(body, whole=not self._memory.rewinds)
        if tokens_in(body[:entries]) > found_tokens + WORTH_TOKENS:
            return state
        return found


def best_target(
    idle: Sequence[CachedSequence], source: Source | None, body: Sequence[Entry]
) -> CachedSequence:
    """The idle sequence whose place costs least: one whose conversation goes on or that
    holds nothing of worth, else the least recently used, the source itself last."""
    spare = [sequence for sequence in idle if not is_left(sequence, body)]
    if spare:
        return max(
            spare,
            key=lambda each: (each is source, common_prefix(each.entries, body), -each.used_at),
        )
    return min(idle, key=lambda each: (each is source, each.used_at))
