"""Conversations of a model that is unloaded, kept on disk until it is loaded again.

Owns the file: states end to end, an index of them, and a digest of the index at the end.
Knows nothing of caches. What is damaged, or was made by another model, is as good as absent.
"""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from core.engines.llama.cache.prompt_entries import Entry, Media
from core.engines.llama.cache.saved_states import SavedState

PRIVATE_FILE_MODE = 0o600
WRITE_LIMIT_S = 1.0
"""What is not on disk by then is evaluated again: nobody waits longer for an unload."""
PIECE_BYTES = 8 * 1024 * 1024
TRAILER = struct.Struct("<Q32s8s")
MAGIC = b"SARAi-KV"


def write_states(path: Path, identity: str, states: Iterable[SavedState]) -> None:
    """Keep `states`, the most useful first, as far as time and room allow.

    The file is complete or absent, and readable by its owner alone.

    Args:
        identity: of the model that made them, and of all that changes what they mean.

    Raises: OSError.
    """
    deadline_s = time.monotonic() + WRITE_LIMIT_S
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(partial, flags, PRIVATE_FILE_MODE), "wb") as file:
        index = list(_write_blobs(file, states, deadline_s))
        text = json.dumps({"identity": identity, "states": index}).encode()
        file.write(text + TRAILER.pack(len(text), sha256(text).digest(), MAGIC))
    if index:
        partial.replace(path)
    else:
        partial.unlink()


def _write_blobs(
    file: BinaryIO, states: Iterable[SavedState], deadline_s: float
) -> Iterator[dict[str, Any]]:
    """Write one state after the other; yields what the index says of it."""
    for state in states:
        start = file.tell()
        digest = sha256()
        for at in range(0, state.data.size, PIECE_BYTES):
            if time.monotonic() > deadline_s:
                file.seek(start)
                file.truncate()
                return
            piece = state.data[at : at + PIECE_BYTES].data
            file.write(piece)
            digest.update(piece)
        yield {
            "entries": [_encoded(entry) for entry in state.entries],
            "prompt_entries": state.prompt_entries,
            "scores_bytes": state.scores_bytes,
            "continued": state.continued,
            "bytes": state.data.size,
            "digest": digest.hexdigest(),
        }


def take_states(path: Path, identity: str) -> list[SavedState]:
    """What `write_states` kept, the most useful first; the file is gone afterwards.

    Nothing when there is no file, or it is damaged, or `identity` is another. The states are
    mapped into memory: what nobody asks for is never read.
    """
    try:
        with path.open("rb") as file:
            path.unlink()
            return list(_read(file, identity))
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return []


def _read(file: BinaryIO, identity: str) -> Iterator[SavedState]:
    """Raises: ValueError, KeyError, TypeError, for what `write_states` did not write."""
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - TRAILER.size))
    index_bytes, digest, magic = TRAILER.unpack(file.read())
    blobs_bytes = size - TRAILER.size - index_bytes
    if magic != MAGIC or blobs_bytes < 0:
        raise ValueError("not a file of states")
    file.seek(blobs_bytes)
    text = file.read(index_bytes)
    index = json.loads(text) if sha256(text).digest() == digest else {}
    if index["identity"] != identity:
        return
    # Copied on write, because the bindings ask for memory that may be written.
    blobs = np.memmap(file, dtype=np.uint8, mode="c", shape=(blobs_bytes,))
    start = 0
    for state in index["states"]:
        end = start + state["bytes"]
        entries = tuple(_decoded(entry) for entry in state["entries"])
        yield SavedState(
            entries,
            state["prompt_entries"],
            blobs[start:end],
            state["scores_bytes"],
            state["continued"],
            bytes.fromhex(state["digest"]),
        )
        start = end


def _encoded(entry: Entry) -> int | list[Any]:
    if isinstance(entry, Media):
        return [entry.digest.hex(), entry.piece, entry.tokens, entry.positions]
    return entry


def _decoded(value: int | list[Any]) -> Entry:
    if isinstance(value, int):
        return value
    digest, piece, tokens, positions = value
    return Media(bytes.fromhex(digest), piece, tokens, positions, chunk=0)
