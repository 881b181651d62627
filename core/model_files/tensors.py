"""The tensor table of a GGUF file: names, shapes, types and where the data lies.

Owns the checks that every tensor is possible and inside the file; knows nothing of what a
tensor is for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from gguf.constants import GGML_QUANT_SIZES

from core.model_files.gguf_bytes import GgufBytes

MAX_TENSORS: Final = 65_536
MAX_DIMENSIONS: Final = 4  # ggml's own limit
MAX_NAME_BYTES: Final = 63  # ggml's own limit
LEAST_ENTRY_BYTES: Final = 24  # empty name, no dimensions, type and offset

TYPES: Final[dict[int, tuple[str, int, int]]] = {
    **{int(kind): (kind.name, *sizes) for kind, sizes in GGML_QUANT_SIZES.items()},
    # Source: block_q2_0 in ggml-common.h of llama.cpp; not yet in the gguf package.
    42: ("Q2_0", 64, 18),
}
"""Type number -> name, values per block, bytes per block."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor: `shape` as stored (fastest dimension first), `offset` in the data part."""

    name: str
    shape: tuple[int, ...]
    type_name: str
    offset: int
    size_bytes: int


def read_tensors(source: GgufBytes, count: int) -> tuple[TensorInfo, ...]:
    """Read `count` entries of the table. Raises ModelFileInvalid."""
    if count > MAX_TENSORS or count * LEAST_ENTRY_BYTES > source.remaining_bytes:
        source.fail(f"it claims {count} tensors")
    tensors: dict[str, TensorInfo] = {}
    for _ in range(count):
        tensor = _read_tensor(source)
        if tensor.name in tensors:
            source.fail(f"it has two tensors named {tensor.name!r}")
        tensors[tensor.name] = tensor
    return tuple(tensors.values())


def check_data(source: GgufBytes, tensors: tuple[TensorInfo, ...], alignment: int) -> int:
    """The data must follow in the table's order, without gaps, and be there in full.

    Returns: where in the file it begins.

    Raises: ModelFileInvalid.
    """
    start = _padded(source.position, alignment)
    expected = 0
    for tensor in tensors:
        if tensor.offset != expected:
            source.fail(f"tensor {tensor.name} lies at {tensor.offset} and not at {expected}")
        missing = start + expected + tensor.size_bytes - source.file_size_bytes
        if missing > 0:
            source.fail(f"it is incomplete, tensor {tensor.name} lacks {missing} bytes")
        expected += _padded(tensor.size_bytes, alignment)
    return start


def _read_tensor(source: GgufBytes) -> TensorInfo:
    name = source.text(limit_bytes=MAX_NAME_BYTES, what="a tensor's name")
    dimensions = source.u32()
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        source.fail(f"tensor {name!r} has {dimensions} dimensions")
    shape = tuple(source.u64() for _ in range(dimensions))
    kind = source.u32()
    if kind not in TYPES:
        source.fail(
            f"tensor {name!r} has the unknown type {kind}",
            hint="It may need a newer SARAi; otherwise download the file again.",
        )
    type_name, block_values, block_bytes = TYPES[kind]
    values = math.prod(shape)
    size_bytes = values // block_values * block_bytes
    if values == 0 or size_bytes > source.file_size_bytes:
        source.fail(f"tensor {name!r} has the impossible shape {shape}")
    if shape[0] % block_values:
        source.fail(f"tensor {name!r} has rows of {shape[0]} values, no multiple of {block_values}")
    return TensorInfo(name, shape, type_name, source.u64(), size_bytes)


def _padded(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment
