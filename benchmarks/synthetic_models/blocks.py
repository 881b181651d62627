"""Random weights in llama.cpp's quantised formats.

Owns how a block is laid out and how large its scales are; knows nothing of tensors' meaning.
A pool of random blocks is repeated: its length is prime, so that rows differ all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import prod

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Kind = GGMLQuantizationType
POOL_BLOCKS = 65_521
SEED = 0
DEVIATION = 0.02
"""Standard deviation of the weights, as in trained models of these sizes."""


def row_bytes(kind: Kind, columns: int) -> int:
    """Bytes of one row. Raises ValueError when the blocks of `kind` do not divide it."""
    values, size_bytes = GGML_QUANT_SIZES[kind]
    if columns % values:
        raise ValueError(f"{columns} values are no whole number of {kind.name} blocks of {values}")
    return columns // values * size_bytes


def random_weights(kind: Kind, shape: tuple[int, ...]) -> Bytes:
    """Weights of `shape` (fastest dimension last) as bytes; finite, and about 0 on average."""
    total_bytes = prod(shape[:-1]) * row_bytes(kind, shape[-1])
    return np.resize(_pool(kind), total_bytes)


@cache
def _pool(kind: Kind) -> Bytes:
    random = np.random.default_rng(SEED)
    return _MAKERS[kind](random).reshape(-1)


def _half(value: float) -> Bytes:
    return np.array([value], np.float16).view(np.uint8)


def _random_blocks(random: np.random.Generator, kind: Kind) -> Bytes:
    return random.integers(0, 256, (POOL_BLOCKS, GGML_QUANT_SIZES[kind][1]), dtype=np.uint8)


def _q4_k(random: np.random.Generator) -> Bytes:
    """d, dmin, 12 bytes of 6-bit scales and minima, 128 bytes of 4-bit values.

    A value is d * scale * q - dmin * minimum: the two average to the same, so 0 is left.
    """
    blocks = _random_blocks(random, Kind.Q4_K)
    blocks[:, 0:2], blocks[:, 2:4] = _half(DEVIATION / 200), _half(DEVIATION / 200 * 7.5)
    return blocks


def _q6_k(random: np.random.Generator) -> Bytes:
    """6-bit values, 16 signed scales, and d at the end."""
    blocks = _random_blocks(random, Kind.Q6_K)
    blocks[:, 208:210] = _half(DEVIATION / 1365)
    return blocks


def _q8_0(random: np.random.Generator) -> Bytes:
    """d and 32 signed bytes."""
    blocks = _random_blocks(random, Kind.Q8_0)
    blocks[:, 0:2] = _half(DEVIATION / 74)
    return blocks


def _f16(random: np.random.Generator) -> Bytes:
    return random.normal(0, DEVIATION, POOL_BLOCKS).astype(np.float16).view(np.uint8)


def _f32(random: np.random.Generator) -> Bytes:
    return random.normal(0, DEVIATION, POOL_BLOCKS).astype(np.float32).view(np.uint8)


_MAKERS: dict[Kind, Callable[[np.random.Generator], Bytes]] = {
    Kind.Q4_K: _q4_k,
    Kind.Q6_K: _q6_k,
    Kind.Q8_0: _q8_0,
    Kind.F16: _f16,
    Kind.F32: _f32,
}
