"""What a saved state belongs to.

Owns the digest of a model's files and of all settings that change what its states mean.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path

import llama_cpp

from core.engines.spec import EngineSpec


def identity_of(spec: EngineSpec) -> str:
    """The same for the same files, settings and build of llama.cpp, and for no others.

    A file is known by its path, size and time of change: reading it whole would take as long
    as loading it.
    """
    parts = [
        llama_cpp.__version__,
        _file(spec.gguf_path),
        _file(spec.mmproj_path),
        spec.context_tokens,
        spec.gpu_layers,
        spec.image_max_tokens,
    ]
    return blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _file(path: Path | None) -> list[str | int]:
    if path is None:
        return []
    status = path.stat()
    return [str(path), status.st_size, status.st_mtime_ns]
