"""A sequence of the cache copied out of it, with the scores of its prompt.

Owns how a copy is laid out; knows nothing of when one is made.
"""

from __future__ import annotations

import numpy as np

from core.engines.llama.cache.cached_sequence import CachedSequence
from core.engines.llama.cache.saved_states import SavedState
from core.engines.llama.native.memory import NativeMemory


def copy_bytes(sequence: CachedSequence, memory: NativeMemory) -> int:
    """Size of `copy_of`, at most."""
    scores_bytes = 0 if sequence.scores is None else sequence.scores.nbytes
    return memory.state_bytes(sequence.number) + scores_bytes


def copy_of(sequence: CachedSequence, memory: NativeMemory) -> SavedState:
    """What `sequence` holds, in memory of its own."""
    data = np.empty(copy_bytes(sequence, memory), dtype=np.uint8)
    end = memory.copy_state(sequence.number, data)
    scores_bytes = 0
    if sequence.scores is not None:
        scores_bytes = sequence.scores.nbytes
        data[end : end + scores_bytes] = sequence.scores.view(np.uint8)
    return SavedState(
        tuple(sequence.entries),
        sequence.prompt_entries,
        data[: end + scores_bytes],
        scores_bytes,
        sequence.continued,
    )
