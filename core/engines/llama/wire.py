"""Frames: how the engine and its worker process talk over a pipe.

A frame is `<header length: u32><blob length: u64><JSON header><blob>`. The header says what
is meant; the blob carries pixels, samples or vectors as they lie in memory. Owns the bytes on
the pipe; knows nothing of what the headers mean.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

PREFIX = struct.Struct("<IQ")
Header = dict[str, Any]
Buffer = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Frame:
    """One message as it arrived. `header["type"]` names its kind."""

    header: Header
    blob: bytes = b""

    @property
    def kind(self) -> str:
        return str(self.header["type"])


def write_frame(stream: IO[bytes], header: Header, buffers: Sequence[Buffer] = ()) -> None:
    """Write one frame and flush. `buffers` are laid end to end in the blob, uncopied.

    Half a surrogate pair in a text, which no encoding has, goes as a question mark.

    Raises: BrokenPipeError, when the other side has gone.
    """
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    views = [view.cast("B") for buffer in buffers if (view := memoryview(buffer)).nbytes]
    stream.write(PREFIX.pack(len(text), sum(view.nbytes for view in views)) + text)
    for view in views:
        stream.write(view)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """The next frame; None when the other side has gone, also in the middle of a frame."""
    prefix = stream.read(PREFIX.size)
    if len(prefix) < PREFIX.size:
        return None
    header_bytes, blob_bytes = PREFIX.unpack(prefix)
    text, blob = stream.read(header_bytes), stream.read(blob_bytes)
    if len(text) < header_bytes or len(blob) < blob_bytes:
        return None
    return Frame(json.loads(text), blob)
