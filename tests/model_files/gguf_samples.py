"""GGUF files made byte by byte, so that tests can break any of them on purpose."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from typing import Any

U32, I32, STRING, ARRAY, U64 = 4, 5, 8, 9, 10
F32, Q4_0 = 0, 2
ALIGNMENT = 32


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def number(value: int) -> bytes:
    return struct.pack("<II", U32, value)


def string(value: str) -> bytes:
    return struct.pack("<I", STRING) + text(value)


def strings(values: list[str]) -> bytes:
    return struct.pack("<IIQ", ARRAY, STRING, len(values)) + b"".join(map(text, values))


def numbers(values: list[int]) -> bytes:
    head = struct.pack("<IIQ", ARRAY, I32, len(values))
    return head + struct.pack(f"<{len(values)}i", *values)


@dataclass(frozen=True)
class Tensor:
    name: str | bytes = "output.weight"
    shape: tuple[int, ...] = (8, 4)
    kind: int = F32
    offset: int = 0

    def entry(self) -> bytes:
        return (
            text(self.name)
            + struct.pack("<I", len(self.shape))
            + struct.pack(f"<{len(self.shape)}Q", *self.shape)
            + struct.pack("<IQ", self.kind, self.offset)
        )


def _metadata() -> dict[str, bytes]:
    return {
        "general.architecture": string("llama"),
        "llama.block_count": number(3),
        "llama.context_length": number(4096),
        "llama.attention.head_count_kv": numbers([1, 2, 4]),
        "tokenizer.ggml.tokens": strings(["a", "b", "ñ"]),
    }


@dataclass(frozen=True)
class Sample:
    """A sound little file by default; `but` gives a copy with something else in it."""

    magic: bytes = b"GGUF"
    version: int = 3
    tensors: tuple[Tensor, ...] = (Tensor(), Tensor("norm.weight", (8,), offset=128))
    metadata: dict[str, bytes] = field(default_factory=_metadata)
    tensor_count: int | None = None
    key_count: int | None = None
    data: bytes = bytes(128 + 32)
    alignment: int = ALIGNMENT

    def but(self, **changes: Any) -> Sample:
        return replace(self, **changes)

    def with_key(self, key: str, value: bytes) -> Sample:
        return self.but(metadata={**self.metadata, key: value})

    def without_key(self, key: str) -> Sample:
        return self.but(metadata={k: v for k, v in self.metadata.items() if k != key})

    def header(self) -> bytes:
        tensor_count = len(self.tensors) if self.tensor_count is None else self.tensor_count
        key_count = len(self.metadata) if self.key_count is None else self.key_count
        head = self.magic + struct.pack("<IQQ", self.version, tensor_count, key_count)
        keys = b"".join(text(key) + value for key, value in self.metadata.items())
        table = b"".join(tensor.entry() for tensor in self.tensors)
        whole = head + keys + table
        return whole + bytes(-len(whole) % self.alignment)

    def bytes(self) -> bytes:
        return self.header() + self.data
