"""Requests on the pipe: text in the header, pixels and samples in the blob.

Owns the wire form of an `EngineSpec`, of messages and of a generation request, for both
sides; knows nothing of templates or models.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.engines.llama.wire import Buffer, Frame, Header
from core.engines.protocol import (
    Completion,
    GenerationRequest,
    Message,
    Part,
    TokenLogprob,
    Tool,
    ToolCall,
    Usage,
)
from core.engines.request_checks import json_text
from core.engines.spec import EngineSpec
from core.media.content import AudioClip, RgbImage

_SETTINGS = (
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "stop",
    "grammar",
    "tool_choice",
    "top_logprobs",
)


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
        "states_path": spec.states_path,
    }


def encode_request(request: GenerationRequest) -> tuple[Header, list[Buffer]]:
    """Header values and blob parts of a generation request."""
    values, buffers = encode_messages(request.messages)
    # As text, because what lies too deep for the reader of frames must not reach it.
    schema = None if request.json_schema is None else json_text(request.json_schema, "json_schema")
    tools = [
        {
            "name": tool.name,
            "description": tool.description,
            "parameters": json_text(tool.parameters, "tools"),
        }
        for tool in request.tools
    ]
    settings = {name: getattr(request, name) for name in _SETTINGS}
    return values | settings | {"json_schema": schema, "tools": tools}, buffers


def decode_request(frame: Frame) -> GenerationRequest:
    """The request that `encode_request` was given."""
    settings = {name: frame.header[name] for name in _SETTINGS}
    settings["stop"] = tuple(settings["stop"])
    schema = frame.header["json_schema"]
    settings["json_schema"] = None if schema is None else json.loads(schema)
    settings["tools"] = tuple(
        Tool(**{**tool, "parameters": json.loads(tool["parameters"])})
        for tool in frame.header["tools"]
    )
    return GenerationRequest(decode_messages(frame), **settings)


def encode_completion(completion: Completion) -> Header:
    """`completion` as plain values."""
    calls = [
        {"name": call.name, "id": call.id, "arguments": json.dumps(call.arguments)}
        for call in completion.tool_calls
    ]
    return asdict(replace(completion, tool_calls=())) | {"tool_calls": calls}


def decode_completion(values: Header) -> Completion:
    """The completion that `encode_completion` was given."""
    return Completion(
        values["finish_reason"],
        Usage(**values["usage"]),
        tuple(_decode_call(call) for call in values["tool_calls"]),
        tuple(
            TokenLogprob(each["text"], each["logprob"], tuple(map(tuple, each["top"])))
            for each in values["logprobs"]
        ),
        values["problem"],
    )


def encode_messages(messages: Sequence[Message]) -> tuple[Header, list[Buffer]]:
    """Header values and blob parts of `messages`."""
    buffers: list[Buffer] = []
    turns = [
        {
            "role": message.role,
            "parts": [_encode_part(part, buffers) for part in message.parts],
            "tool_calls": [_encode_call(call) for call in message.tool_calls],
            "tool_name": message.tool_name,
            "tool_call_id": message.tool_call_id,
        }
        for message in messages
    ]
    return {"messages": turns}, buffers


def decode_messages(frame: Frame) -> tuple[Message, ...]:
    """The messages that `encode_messages` was given."""
    reader = _BlobReader(frame.blob)
    return tuple(
        Message(
            turn["role"],
            tuple(_decode_part(part, reader) for part in turn["parts"]),
            tuple(_decode_call(call) for call in turn["tool_calls"]),
            turn["tool_name"],
            turn["tool_call_id"],
        )
        for turn in frame.header["messages"]
    )


def _encode_call(call: ToolCall) -> Header:
    return {"name": call.name, "id": call.id, "arguments": json_text(call.arguments, "messages")}


def _decode_call(values: Header) -> ToolCall:
    return ToolCall(**{**values, "arguments": json.loads(values["arguments"])})


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
