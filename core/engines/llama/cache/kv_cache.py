"""What the model already has in its KV cache, so that it is not evaluated twice.

Owns the sequences that share the cache: who may use one, which beginning it starts from, and
which idle ones leave. Knows nothing of text. Nothing is taken for a common prefix unless
every token, picture and recording in it is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.cache.cached_sequence import CachedSequence
from core.engines.llama.cache.conversation import WORTH_TOKENS, is_continued, is_left
from core.engines.llama.cache.copying import copy_bytes, copy_of
from core.engines.llama.cache.prompt_entries import Entry, common_prefix, positions_in, tokens_in
from core.engines.llama.cache.saved_states import SavedState, SavedStates, is_stray
from core.engines.llama.cache.sources import Source, Sources, best_target
from core.engines.llama.native.memory import NativeMemory


class KvCache:
    """The sequences of one model, and copies of conversations that had to leave them.

    Each prompt starts from whatever shares the longest prefix with it: an idle sequence,
    which it may take over, one in use, whose beginning it shares, or a copy. An idle
    sequence that has to leave is copied first when it is worth it.

    The cells are given out by what each sequence may come to need, as if sequences shared
    none; so no request can fail later for lack of cells.
    """

    def __init__(self, memory: NativeMemory) -> None:
        self._memory = memory
        self._saved = SavedStates(memory.cells)
        self._sequences = [CachedSequence(number) for number in range(memory.sequences)]
        self._sources = Sources(memory, self._sequences, self._saved)
        self._clock = count(1)

    def has_idle(self) -> bool:
        """Whether some sequence is in nobody's use."""
        return any(sequence.idle for sequence in self._sequences)

    def take(self, prompt: Sequence[Entry], need_tokens: int) -> CachedSequence | None:
        """A sequence that holds as much of `prompt` as was evaluated before, and no more.

        All of it only where its scores are known, else at least the last entry is left out:
        the answer begins with the scores.

        Args:
            need_tokens: cells for the prompt and its whole answer.

        Returns: None, while others use too much. `release` what was taken.
        """
        idle = [sequence for sequence in self._sequences if sequence.idle]
        if not idle or self._reserved_tokens() + need_tokens > self._memory.cells:
            return None
        known = self._sources.of_answer(prompt)
        body = prompt if known else prompt[:-1]
        source = known or self._sources.best(body)
        scores = known.scores if known else None
        continued = source is not None and is_continued(source, prompt)
        target = best_target(idle, source, body)
        target.reserved_tokens = need_tokens
        target.used_at = next(self._clock)
        self._begin(target, source, body)
        target.prompt_entries = len(prompt)
        target.scores = scores if len(target.entries) == len(prompt) else None
        target.continued = continued
        return target

    def release(self, sequence: CachedSequence) -> None:
        """Nobody uses `sequence` now; what it holds is reused later."""
        sequence.reserved_tokens = 0
        sequence.used_at = next(self._clock)

    def repair(self, sequence: CachedSequence) -> None:
        """Drop what an evaluation left that was broken off."""
        # A recurrent state is then half overwritten, and refuses to go back.
        if not self._memory.forget_from(sequence.number, sequence.position):
            self._forget(sequence)

    def wipe(self) -> None:
        """Forget all sequences, none of which is in use, down to the last byte."""
        self._memory.wipe()
        for sequence in self._sequences:
            self._forget(sequence)

    def keep_scores(self, sequence: CachedSequence, scores: NDArray[np.float32]) -> None:
        """A whole prompt was evaluated, to `scores`. Asked again, it has the same answer: in
        larger or smaller batches llama.cpp would round otherwise."""
        sequence.scores = scores.copy()
        if not self._memory.rewinds:  # it cannot come back to here later
            self._save(sequence, None)

    def copy_idle(self) -> None:
        """Make the copies that the next conversation would have to wait for, if it comes."""
        for later, sequence in self._idle(begun=0):
            self._ensure_copy(sequence, later, None)

    def save_all(self) -> Iterable[SavedState]:
        """Copies of the conversations, as many as copies may be, most recently used first."""
        for sequence in sorted(self._sequences, key=lambda each: each.used_at):
            self._save(sequence, None)
        return reversed(self._saved.states)

    def adopt(self, states: Sequence[SavedState]) -> None:
        """Have copies from another life of this model, most recently used first."""
        for state in reversed(states):
            if self._saved.make_room(tokens_in(state.entries), state.data.nbytes):
                self._saved.add(state)

    def _reserved_tokens(self) -> int:
        return sum(sequence.reserved_tokens for sequence in self._sequences)

    def _begin(self, target: CachedSequence, source: Source | None, body: Sequence[Entry]) -> None:
        """Fill `target` from `source` and make room for what it will come to need."""
        state = source if isinstance(source, SavedState) else None
        if is_left(target, body):
            self._save(target, state)
        elif target.copy is not state:
            self._saved.discard(target.copy)  # it goes on, and is copied again when it rests
        if source is not target:
            self._forget(target)
        if isinstance(source, CachedSequence) and source is not target:
            self._share(source, target, common_prefix(source.entries, body))
        self._move_idle_out(state)
        self._make_room(target, body, state)
        if state is not None:
            self._restore(target, state, body)
        self._trim(target, common_prefix(target.entries, body))

    def _move_idle_out(self, keep: SavedState | None) -> None:
        """Idle conversations of which a copy fits leave the cells, most recently used last:
        attention passes over every cell that holds something, whosever it is. Strays make
        room for them, or leave for good. The copy `keep` is about to be put back."""
        for later, sequence in self._idle(begun=1):
            if self._ensure_copy(sequence, later, keep) or is_stray(sequence, later):
                self._forget(sequence)

    def _idle(self, begun: int) -> list[tuple[int, CachedSequence]]:
        """Conversations that nobody uses and that may leave, most recently used last, each with
        how many began after it: those behind it and the `begun` that have no sequence yet."""
        if not self._memory.rewinds:
            return []
        idle = [each for each in self._sequences if each.idle and each.entries]
        idle.sort(key=lambda each: each.used_at)
        return list(zip(range(len(idle) - 1 + begun, -1, -1), idle, strict=False))

    def _ensure_copy(self, sequence: CachedSequence, later: int, keep: SavedState | None) -> bool:
        """Whether an idle sequence has a copy, now at the latest, or is not worth one. Only strays
        make room for it, `later` conversations having begun after this one."""
        tokens = tokens_in(sequence.entries)
        if tokens <= WORTH_TOKENS or self._has_copy(sequence):
            return True
        size_bytes = copy_bytes(sequence, self._memory)
        if not self._saved.make_room_of_strays(tokens, size_bytes, later + 1, keep):
            return False
        self._copy(sequence, keep)
        return True

    def _has_copy(self, sequence: CachedSequence) -> bool:
        return sequence.copy in self._saved.states

    def _share(self, source: CachedSequence, target: CachedSequence, entries: int) -> None:
        target.hold(source.entries[:entries])
        self._memory.copy_beginning(source.number, target.number, target.position)
        if source.idle and tokens_in(target.entries) > WORTH_TOKENS:
            source.used_at = next(self._clock)

    def _make_room(
        self, target: CachedSequence, body: Sequence[Entry], state: SavedState | None
    ) -> None:
        """Idle sequences leave, least recently used first, until all that is reserved fits,
        and `state`, which may hold more than `target` will need in the end."""
        idle = [each for each in self._sequences if each.idle and each.entries]
        cells = self._reserved_tokens() + sum(tokens_in(each.entries) for each in idle)
        if state is not None:
            cells += max(0, tokens_in(state.entries) - target.reserved_tokens)
        for sequence in sorted(idle, key=lambda each: each.used_at):
            if cells <= self._memory.cells:
                return
            cells -= tokens_in(sequence.entries)
            if is_left(sequence, body):
                self._save(sequence, state)
            self._forget(sequence)

    def _save(self, sequence: CachedSequence, keep: SavedState | None) -> None:
        """Copy a sequence that is worth it, if there is room beside the copy `keep`."""
        if tokens_in(sequence.entries) > WORTH_TOKENS and not self._has_copy(sequence):
            self._copy(sequence, keep)

    def _copy(self, sequence: CachedSequence, keep: SavedState | None) -> None:
        if self._memory.rewinds:
            self._saved.drop_beginnings_of(sequence.entries, keep)
        size_bytes = copy_bytes(sequence, self._memory)
        if self._saved.make_room(tokens_in(sequence.entries), size_bytes, keep):
            sequence.copy = copy_of(sequence, self._memory)
            self._saved.add(sequence.copy)

    def _restore(self, target: CachedSequence, state: SavedState, body: Sequence[Entry]) -> None:
        if not (state.sound() and self._memory.restore(target.number, state.cells)):
            self._saved.drop(state)
            self._forget(target)
            return
        target.hold(state.entries)
        target.prompt_entries = state.prompt_entries
        # What is live needs no copy, unless this prompt is about to leave it.
        self._saved.drop(state)
        if is_left(target, body):
            self._saved.add(state)

    def _trim(self, target: CachedSequence, entries: int) -> None:
        """Forget all but the first `entries`, or all, where the model cannot do less."""
        position = positions_in(target.entries[:entries])
        rewound = entries == len(target.entries) or self._memory.can_rewind(target.number)
        if rewound and self._memory.forget_from(target.number, position):
            target.hold(target.entries[:entries])
        else:
            self._forget(target)

    def _forget(self, sequence: CachedSequence) -> None:
        self._memory.forget(sequence.number)
        sequence.hold(())
        sequence.prompt_entries = 0
        sequence.scores = None
        sequence.continued = False
