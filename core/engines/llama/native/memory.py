"""What one context remembers: the cells of its KV cache and the states of recurrent layers.

Owns the calls that forget, share, copy and restore sequences; knows nothing of their tokens.
"""

from __future__ import annotations

import ctypes

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

FROM_THE_START = TO_THE_END = -1


class NativeMemory:
    """The memory of a context.

    Attributes:
        exists: False for encoders, which remember nothing; then only `forget_all` is of use.
        cells: tokens that all sequences together may hold.
        sequences: how many there are, numbered from 0.
        rewinds: whether a sequence can be shortened, as far as the kind of model goes.
    """

    def __init__(self, model: llama.llama_model_p, context: llama.llama_context_p) -> None:
        self._context = context
        self._memory = llama.llama_get_memory(context)
        self.exists = self._memory is not None
        self.cells = int(llama.llama_n_ctx(context))
        self.sequences = int(llama.llama_n_seq_max(context))
        # A recurrent state holds no positions to go back to.
        self.rewinds = not (
            llama.llama_model_is_recurrent(model) or llama.llama_model_is_hybrid(model)
        )
        self._has_window = llama.llama_model_n_swa(model) > 0

    def can_rewind(self, sequence: int) -> bool:
        """Whether the end of `sequence` can be forgotten and another be put in its place."""
        if not self.rewinds or not self._has_window:
            return self.rewinds
        # What has left a sliding window may have been overwritten.
        return bool(llama.llama_memory_seq_pos_min(self._memory, sequence) <= 0)

    def forget_from(self, sequence: int, position: int) -> bool:
        """Drop a sequence from `position` on; False when this model can only drop it all."""
        return bool(llama.llama_memory_seq_rm(self._memory, sequence, position, TO_THE_END))

    def forget(self, sequence: int) -> None:
        """Drop a sequence."""
        self.forget_from(sequence, FROM_THE_START)

    def forget_all(self) -> None:
        if self.exists:
            llama.llama_memory_clear(self._memory, False)

    def wipe(self) -> None:
        """Drop all sequences, and what their cells held."""
        llama.llama_memory_clear(self._memory, True)

    def copy_beginning(self, source: int, target: int, position: int) -> None:
        """Let `target`, which is empty, share what `source` holds before `position`."""
        llama.llama_memory_seq_cp(self._memory, source, target, FROM_THE_START, position)

    def state_bytes(self, sequence: int) -> int:
        """Size of `state`."""
        return int(llama.llama_state_seq_get_size(self._context, sequence))

    def copy_state(self, sequence: int, into: NDArray[np.uint8]) -> int:
        """Copy what a sequence holds, `state_bytes` of it at most; returns how much it was."""
        return int(llama.llama_state_seq_get_data(self._context, _bytes(into), into.size, sequence))

    def restore(self, sequence: int, state: NDArray[np.uint8]) -> bool:
        """Put a copy into an empty sequence; False when llama.cpp refuses it."""
        return bool(
            llama.llama_state_seq_set_data(self._context, _bytes(state), state.size, sequence)
        )


def _bytes(array: NDArray[np.uint8]) -> ctypes.Array[ctypes.c_uint8]:
    """The memory of `array` in the type that the bindings take."""
    return (ctypes.c_uint8 * array.size).from_buffer(array.data)
