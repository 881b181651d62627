"""A file's tensors before they are written: names, shapes, formats.

Owns the plan and its way onto the disk, tensor by tensor; knows nothing of architectures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from gguf import GGUFWriter

from benchmarks.synthetic_models.blocks import Bytes, Kind, random_weights, row_bytes

ONES = "ones"
ZEROS = "zeros"


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor; `shape` as NumPy has it, the fastest dimension last.

    `fill` is a format of random weights, or ONES or ZEROS in F32.
    """

    name: str
    shape: tuple[int, ...]
    fill: Kind | str

    @property
    def kind(self) -> Kind:
        return self.fill if isinstance(self.fill, Kind) else Kind.F32

    @property
    def size_bytes(self) -> int:
        return prod(self.shape[:-1]) * row_bytes(self.kind, self.shape[-1])

    def data(self) -> Bytes:
        """The bytes, in the shape (..., bytes of a row) that GGUFWriter takes."""
        if isinstance(self.fill, Kind):
            return random_weights(self.fill, self.shape)
        value = 1 if self.fill == ONES else 0
        return np.full(self.shape, value, np.float32).view(np.uint8)


def norm(name: str, width: int, *, bias: bool = False) -> list[Tensor]:
    """A normalisation that changes nothing."""
    weight = Tensor(f"{name}.weight", (width,), ONES)
    return [weight, Tensor(f"{name}.bias", (width,), ZEROS)] if bias else [weight]


def linear(name: str, outputs: int, inputs: int, kind: Kind, *, bias: bool = False) -> list[Tensor]:
    """A matrix, and a bias of zeros where the architecture has one."""
    weight = Tensor(f"{name}.weight", (outputs, inputs), kind)
    return [weight, Tensor(f"{name}.bias", (outputs,), ZEROS)] if bias else [weight]


def write_file(
    path: Path,
    architecture: str,
    add_metadata: Callable[[GGUFWriter], None],
    tensors: Sequence[Tensor],
) -> None:
    """Write `path`; it appears under its name only when it is whole."""
    part = path.with_name(path.name + ".part")
    writer = GGUFWriter(part, architecture)
    try:
        add_metadata(writer)
        for tensor in tensors:
            shape = (*tensor.shape[:-1], row_bytes(tensor.kind, tensor.shape[-1]))
            data_type = np.dtype(np.uint8)
            writer.add_tensor_info(
                tensor.name, shape, data_type, tensor.size_bytes, raw_dtype=tensor.kind
            )
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for tensor in tensors:
            writer.write_tensor_data(tensor.data())
        writer.close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
