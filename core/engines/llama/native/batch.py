"""The tokens of one evaluation, of one sequence or of several.

Owns one `llama_batch` and its memory; knows nothing of models.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

SEQUENCE_POINTER = ctypes.POINTER(llama.llama_seq_id)


class Batch:
    """A reusable `llama_batch`, filled piece by piece.

    Args:
        capacity_tokens: most tokens in one evaluation.
    """

    def __init__(self, capacity_tokens: int) -> None:
        self._tokens = np.zeros(capacity_tokens, np.int32)
        self._positions = np.zeros(capacity_tokens, np.int32)
        self._sequences = np.zeros(capacity_tokens, np.int32)
        self._wanted = np.zeros(capacity_tokens, np.int8)
        # Each token belongs to one sequence, whose number lies in `_sequences`.
        self._counts = np.ones(capacity_tokens, np.int32)
        steps = np.arange(capacity_tokens, dtype=np.uintp) * self._sequences.itemsize
        self._pointers = self._sequences.ctypes.data + steps
        self.native = llama.llama_batch(
            n_tokens=0,
            token=_pointer(self._tokens, llama.llama_token),
            pos=_pointer(self._positions, llama.llama_pos),
            n_seq_id=_pointer(self._counts, ctypes.c_int32),
            seq_id=_pointer(self._pointers, SEQUENCE_POINTER),
            logits=_pointer(self._wanted, ctypes.c_int8),
        )

    def __len__(self) -> int:
        return int(self.native.n_tokens)

    def clear(self) -> None:
        self.native.n_tokens = 0

    def add(
        self, tokens: Sequence[int], position: int, sequence: int = 0, *, wanted: bool = False
    ) -> int:
        """Append `tokens` of `sequence` from `position` on; returns the last one's index.

        Args:
            wanted: the scores, or the embedding, of the last of them will be asked for.
        """
        start = len(self)
        end = start + len(tokens)
        self._tokens[start:end] = tokens
        self._positions[start:end] = np.arange(position, position + len(tokens))
        self._sequences[start:end] = sequence
        self._wanted[start:end] = False
        self._wanted[end - 1] = wanted
        self.native.n_tokens = end
        return end - 1

    def want_all(self) -> None:
        """Ask for the output of every token."""
        self._wanted[: len(self)] = True


def _pointer(array: NDArray[np.generic], kind: type) -> ctypes._Pointer[ctypes.c_int]:
    return ctypes.cast(array.ctypes.data, ctypes.POINTER(kind))
