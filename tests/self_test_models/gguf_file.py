"""Writes one GGUF file: atomically, so that nobody ever sees half of it.

Owns the file's way onto the disk; knows nothing of its content.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
from gguf import GGUFWriter
from numpy.typing import NDArray

from core.errors import StorageError

Array = NDArray[np.float32]


class TensorWriter:
    """Adds tensors to a file: matrices in half precision, as real models store them."""

    def __init__(self, writer: GGUFWriter) -> None:
        self._writer = writer

    def matrix(self, name: str, values: Array) -> None:
        self._writer.add_tensor(name, values.astype(np.float16))

    def full(self, name: str, values: Array) -> None:
        """A tensor that llama.cpp wants in single precision."""
        self._writer.add_tensor(name, values.astype(np.float32))

    def ones(self, name: str, *shape: int) -> None:
        self.full(name, np.ones(shape, np.float32))

    def zeros(self, name: str, *shape: int) -> None:
        self.full(name, np.zeros(shape, np.float32))


def write_gguf(path: Path, architecture: str, fill: Callable[[GGUFWriter], None]) -> None:
    """Write `path` with what `fill` adds; several processes may do so at once.

    Raises: StorageError, when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_and_rename(path, architecture, fill)
    except OSError as error:
        raise StorageError(
            f"The self-test model {path} cannot be written: {error.strerror}.",
            hint="Make room on the disk, or set SARAI_HOME to a folder you can write to.",
        ) from error


def _write_and_rename(path: Path, architecture: str, fill: Callable[[GGUFWriter], None]) -> None:
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        _write(unfinished, architecture, fill)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(path: Path, architecture: str, fill: Callable[[GGUFWriter], None]) -> None:
    writer = GGUFWriter(path, architecture)
    try:
        fill(writer)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
