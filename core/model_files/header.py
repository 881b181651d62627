"""The header of a GGUF file: what a model is, without its weights.

Owns reading and the value types; knows nothing of engines or memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import GGUFReader

from core.errors import ModelFileInvalid


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor: `shape` with the innermost dimension first, `offset` from the data's start."""

    name: str
    shape: tuple[int, ...]
    type_name: str
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """All of a file but its weights."""

    path: Path
    architecture: str
    metadata: Mapping[str, Any]
    tensors: tuple[TensorInfo, ...]
    file_size_bytes: int


def read_header(path: Path, *, model: str) -> GgufHeader:
    """Raises: ModelFileInvalid, when `path` is not a readable GGUF file."""
    try:
        reader = GGUFReader(path)
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise ModelFileInvalid(
            f"{path.name} is not a GGUF file: {error}", model=model, hint="Download it again."
        ) from error
    metadata = {name: field.contents() for name, field in reader.fields.items()}
    metadata = {k: tuple(v) if isinstance(v, list) else v for k, v in metadata.items()}
    tensors = tuple(
        TensorInfo(
            t.name,
            tuple(int(n) for n in t.shape),
            t.tensor_type.name,
            int(t.data_offset),
            int(t.n_bytes),
        )
        for t in reader.tensors
    )
    architecture = str(metadata.get("general.architecture", ""))
    return GgufHeader(path, architecture, metadata, tensors, path.stat().st_size)
