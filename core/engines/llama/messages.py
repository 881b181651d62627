"""Requests on the pipe: text in the header, pixels and samples in the blob.

Owns the wire form of an `EngineSpec`, of messages and of a generation request, for both
sides; knows nothing of templates or models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.engines.llama.wire import Buffer, Frame, Header
from core.engines.protocol import EngineSpec, GenerationRequest, Message, Part
from core.media.content import AudioClip, RgbImage

_SETTINGS = ("max_tokens", "temperature", "top_p", "seed", "stop")


def encode_spec(spec: EngineSpec) -> Header:
    """`spec` as plain values, its paths absolute."""
    paths = {
        name: None if path is None else str(path.absolute())
        for name, path in _paths_of(spec).items()
    }
    return asdict(spec) | paths


def decode_spec(values: dict[str, Any]) -> EngineSpec:
    """The spec that `encode_spec` was given."""
    spec = EngineSpec(**values)
    paths = {name: None if path is None else Path(path) for name, path in _paths_of(spec).items()}
    return replace(spec, **paths)  # type: ignore[arg-type]  # three keys, all of them paths


def _paths_of(spec: EngineSpec) -> dict[str, Path | None]:
    return {
        "gguf_path": spec.gguf_path,
        "mmproj_path": spec.mmproj_path,
        "log_path": spec.log_path,
    }


def encode_request(request: GenerationRequest) -> tuple[Header, list[Buffer]]:
    """Header values and blob parts of a generation request."""
    values, buffers = encode_messages(request.messages)
    return values | {name: getattr(request, name) for name in _SETTINGS}, buffers


def decode_request(frame: Frame) -> GenerationRequest:
    """The request that `encode_request` was given."""
    settings = {name: frame.header[name] for name in _SETTINGS}
    settings["stop"] = tuple(settings["stop"])
    return GenerationRequest(decode_messages(frame), **settings)


def encode_messages(messages: Sequence[Message]) -> tuple[Header, list[Buffer]]:
    """Header values and blob parts of `messages`."""
    buffers: list[Buffer] = []
    turns = [
        {"role": message.role, "parts": [_encode_part(part, buffers) for part in message.parts]}
        for message in messages
    ]
    return {"messages": turns}, buffers


def decode_messages(frame: Frame) -> tuple[Message, ...]:
    """The messages that `encode_messages` was given."""
    reader = _BlobReader(frame.blob)
    return tuple(
        Message(turn["role"], tuple(_decode_part(part, reader) for part in turn["parts"]))
        for turn in frame.header["messages"]
    )


def _encode_part(part: Part, buffers: list[Buffer]) -> Header | str:
    if isinstance(part, str):
        return part
    if isinstance(part, RgbImage):
        buffers.append(np.ascontiguousarray(part.pixels, dtype=np.uint8).data)
        return {"size_px": [part.height_px, part.width_px], "time_s": part.time_s}
    buffers.append(np.ascontiguousarray(part.samples, dtype=np.float32).data)
    return {"samples": len(part.samples)}


def _decode_part(part: Header | str, reader: _BlobReader) -> Part:
    if isinstance(part, str):
        return part
    if "samples" in part:
        return AudioClip(np.frombuffer(reader.take(part["samples"] * 4), dtype=np.float32))
    height_px, width_px = part["size_px"]
    pixels = np.frombuffer(reader.take(height_px * width_px * 3), dtype=np.uint8)
    return RgbImage(pixels.reshape(height_px, width_px, 3), part["time_s"])


class _BlobReader:
    """Hands out a blob piece by piece, in the order in which it was laid down."""

    def __init__(self, blob: bytes) -> None:
        self._rest = memoryview(blob)

    def take(self, size_bytes: int) -> memoryview:
        piece, self._rest = self._rest[:size_bytes], self._rest[size_bytes:]
        return piece
