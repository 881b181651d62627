"""Rows of one matrix of a GGUF file, read when they are wanted.

Owns reading and unpacking; knows nothing of what a row stands for. Rows are read and not
mapped: a mapped file that shrinks meanwhile would kill the process.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from gguf.constants import GGMLQuantizationType
from gguf.quants import dequantize
from numpy.typing import NDArray

from core.model_files.header import GgufHeader


class MatrixRows:
    """The rows of the tensor `name`; opens the file for each reading.

    Raises: LookupError, when the file has no such matrix, or one that cannot be unpacked.
    """

    def __init__(self, header: GgufHeader, name: str) -> None:
        found = next((tensor for tensor in header.tensors if tensor.name == name), None)
        if found is None or len(found.shape) != 2:
            raise LookupError(f"{header.path} has no matrix {name}.")
        self.width, self.count = found.shape
        self._path = header.path
        self._begin = header.data_offset + found.offset
        self._row_bytes = found.size_bytes // self.count
        self._type = _unpacked_type(found.type_name, self._row_bytes)

    def read(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """These rows, shape (len(rows), width).

        Raises: OSError; IndexError, for a row that is not there.
        """
        if not rows:
            return np.empty((0, self.width), dtype=np.float32)
        if not 0 <= min(rows) <= max(rows) < self.count:
            raise IndexError(f"The matrix has {self.count} rows.")
        raw = np.empty((len(rows), self._row_bytes), dtype=np.uint8)
        with self._path.open("rb", buffering=0) as file:
            for place, row in enumerate(rows):
                file.seek(self._begin + row * self._row_bytes)
                if file.readinto(raw[place].data) != self._row_bytes:
                    raise OSError(f"{self._path} became shorter.")
        return np.asarray(dequantize(raw, self._type), dtype=np.float32)


def _unpacked_type(name: str, row_bytes: int) -> GGMLQuantizationType:
    """The type, once a row of zeros could be unpacked."""
    try:
        kind = GGMLQuantizationType[name]
        dequantize(np.zeros((1, row_bytes), dtype=np.uint8), kind)
    except (KeyError, NotImplementedError) as error:
        raise LookupError(f"{name} cannot be unpacked.") from error
    return kind
