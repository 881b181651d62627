"""Pieces of letters and their checksums, all of a text at once.

Owns the arithmetic of CRC-32 on arrays; knows nothing of what a piece says. A long text has
thousands of pieces, of which only the checksums are needed until somebody asks for reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_ALL_ONES = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
# What one more byte does to a checksum, taken from those of single bytes.
_TABLE = np.array([crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)], np.uint32)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The different pieces of `parts`: `checksums[i]` is the crc32 of the i-th of `names()`."""

    parts: tuple[bytes, ...]
    lengths: Sequence[int]
    checksums: NDArray[np.uint32]
    places: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.checksums)

    def names(self) -> list[bytes]:
        """The pieces themselves. Slow: only who asks for reasons needs them."""
        every = [
            part[start : start + length]
            for part in self.parts
            for length in self.lengths
            for start in range(len(part) - length + 1)
        ]
        return [every[place] for place in self.places]


def pieces_of(parts: tuple[bytes, ...], lengths: Sequence[int]) -> Pieces:
    """Every run of bytes of one of `lengths` (rising) in one of `parts`, each once."""
    every = np.concatenate([found for part in parts for found in _checksums(part, lengths)])
    # Sorted as one number each, which takes a fraction of the time of sorting by index.
    placed = (every.astype(np.uint64) << _HALF) | np.arange(len(every), dtype=np.uint64)
    placed.sort()
    checksums = (placed >> _HALF).astype(np.uint32)
    first = np.ones(len(checksums), bool)
    first[1:] = checksums[1:] != checksums[:-1]
    places = (placed[first] & _ALL_ONES).astype(np.intp)
    return Pieces(parts, lengths, checksums[first], places)


def _checksums(part: bytes, lengths: Sequence[int]) -> Iterator[NDArray[np.uint32]]:
    """For each length the checksums of the pieces that begin at every byte."""
    letters = np.frombuffer(part, np.uint8)
    state = np.full(len(part), 0xFFFFFFFF, np.uint32)
    for length in range(1, lengths[-1] + 1):
        state = state[: max(len(part) - length + 1, 0)]
        last = letters[length - 1 :]
        state = _TABLE[(state ^ last) & 0xFF] ^ (state >> 8)
        if length in lengths:
            yield ~state
