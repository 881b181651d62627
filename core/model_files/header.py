"""Reads and checks the header of a GGUF file, before any memory is given to its model.

Owns what must hold for llama.cpp to survive loading the file; knows nothing of weights,
engines or memory plans. llama.cpp ends its process on some bad headers, and evicting a
good model for a bad file helps nobody: so files are refused here.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from core.errors import ModelFileInvalid
from core.model_files.gguf_bytes import (
    DOWNLOAD_AGAIN,
    MAX_KEY_BYTES,
    GgufBytes,
    LongArray,
    MetadataValue,
)
from core.model_files.identity import unreadable
from core.model_files.tensors import TensorInfo, check_data, read_tensors

__all__ = ["GgufHeader", "LongArray", "MetadataValue", "TensorInfo", "read_header"]

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)
BIG_ENDIAN_MASK: Final = 0xFFFF
PROJECTOR_ARCHITECTURE: Final = "clip"
MAX_KEYS: Final = 65_536
LEAST_ENTRY_BYTES: Final = 13  # an empty key, its type and one byte
MAX_BLOCKS: Final = 512  # llama.cpp aborts the process beyond it, and at 0
DEFAULT_ALIGNMENT: Final = 32
MAX_ALIGNMENT: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says of itself. Short lists are tuples, long ones only counted.

    Tensors' offsets count from `data_offset`.
    """

    path: Path
    architecture: str
    metadata: Mapping[str, MetadataValue] = field(repr=False)
    tensors: tuple[TensorInfo, ...] = field(repr=False)
    file_size_bytes: int
    data_offset: int = 0

    @property
    def is_projector(self) -> bool:
        """Whether this is an mmproj file: towers for images or sound, no language model."""
        return self.architecture == PROJECTOR_ARCHITECTURE

    @property
    def weights_bytes(self) -> int:
        """Bytes of all tensors together."""
        return sum(tensor.size_bytes for tensor in self.tensors)

    @property
    def block_count(self) -> int:
        """Layers of the language model; 0 for a projector."""
        return self.integer("block_count", 0)

    @property
    def vocabulary_size(self) -> int:
        """Number of tokens; 0 for a projector."""
        tokens = self.metadata.get("tokenizer.ggml.tokens", ())
        if isinstance(tokens, LongArray):
            return tokens.length
        return len(tokens) if isinstance(tokens, tuple) else 0

    def integer(self, key: str, default: int) -> int:
        """The number under `architecture.key`, or `default` when it is absent or a list."""
        value = self.metadata.get(f"{self.architecture}.{key}")
        return value if type(value) is int else default

    def per_layer(self, key: str, default: int) -> tuple[int, ...]:
        """`architecture.key` for each layer, whether the file gives a list or one number."""
        value = self.metadata.get(f"{self.architecture}.{key}")
        if isinstance(value, tuple) and len(value) == self.block_count:
            return tuple(int(entry) for entry in value if not isinstance(entry, str))
        return (self.integer(key, default),) * self.block_count


def read_header(path: Path, *, model: str) -> GgufHeader:
    """Read and check the header of `path`; `model` is named in errors.

    Takes about 0.1 s for a vocabulary of 150,000 tokens, and no memory worth counting.

    Raises:
        ModelUnavailable: when the file is missing or may not be read.
        ModelFileInvalid: when it is damaged or not a GGUF that this build can run.
    """
    try:
        details = path.stat()
        if not stat.S_ISREG(details.st_mode):  # opening a pipe would wait for ever
            raise ModelFileInvalid(
                f"{path} is not a file.", model=model, hint="Name a GGUF file instead."
            )
        with path.open("rb") as file:
            source = GgufBytes(file, path=path, model=model, file_size_bytes=details.st_size)
            return _parse(source, path)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise unreadable(path, error, model=model) from error


def _parse(source: GgufBytes, path: Path) -> GgufHeader:
    _check_magic(source)
    tensor_count, key_count = source.u64(), source.u64()
    metadata = _read_metadata(source, key_count)
    architecture = _checked_architecture(source, metadata)
    alignment = _checked_alignment(source, metadata)
    tensors = read_tensors(source, tensor_count)
    if not tensors:
        source.fail("it holds no weights")
    data_offset = check_data(source, tensors, alignment)
    return GgufHeader(
        path, architecture, MappingProxyType(metadata), tensors, source.file_size_bytes, data_offset
    )


def _check_magic(source: GgufBytes) -> None:
    if source.file_size_bytes == 0:
        source.fail("it is empty")
    if source.file_size_bytes < len(MAGIC) or source.take(len(MAGIC)) != MAGIC:
        source.fail("it does not begin as a GGUF file")
    version = source.u32()
    if version & BIG_ENDIAN_MASK == 0:
        source.fail("it was made for big-endian machines")
    if version not in VERSIONS:
        hint = "It needs a newer SARAi." if version > max(VERSIONS) else DOWNLOAD_AGAIN
        source.fail(f"its GGUF version is {version}, not 2 or 3", hint=hint)


def _read_metadata(source: GgufBytes, count: int) -> dict[str, MetadataValue]:
    if count > MAX_KEYS or count * LEAST_ENTRY_BYTES > source.remaining_bytes:
        source.fail(f"it claims {count} metadata entries")
    metadata: dict[str, MetadataValue] = {}
    for _ in range(count):
        key = source.text(limit_bytes=MAX_KEY_BYTES, what="a metadata key")
        if not key or key in metadata:
            source.fail(f"the metadata key {key!r} is empty or stands there twice")
        metadata[key] = source.value(key)
    return metadata


def _checked_architecture(source: GgufBytes, metadata: Mapping[str, MetadataValue]) -> str:
    """The architecture, and for language models a number of layers that llama.cpp survives."""
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str) or not architecture:
        source.fail("it does not name an architecture")
    parts = metadata.get("split.count", 0)
    if type(parts) is int and parts > 1:
        source.fail(
            f"it is one of {parts} parts of a model",
            hint="Join the parts with llama-gguf-split --merge, or get the model as one file.",
        )
    if architecture == PROJECTOR_ARCHITECTURE:
        return architecture
    blocks = metadata.get(f"{architecture}.block_count")
    if type(blocks) is not int or not 1 <= blocks <= MAX_BLOCKS:
        source.fail(f"its number of layers is {blocks}, not 1 to {MAX_BLOCKS}")
    return architecture


def _checked_alignment(source: GgufBytes, metadata: Mapping[str, MetadataValue]) -> int:
    """Where tensors may begin: a power of two, in bytes."""
    alignment = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
    if type(alignment) is not int or not 1 <= alignment <= MAX_ALIGNMENT:
        source.fail(f"its alignment is {alignment}")
    if alignment & (alignment - 1):
        source.fail(f"its alignment {alignment} is not a power of two")
    return alignment
