"""What a model takes of a GPU's memory.

Owns the arithmetic; knows nothing of what GPU there is. llama.cpp moves the last layers first
and counts the output as one more layer.

Source: `llama_model_base::load_tensors` (i_gpu_start). Not measured: no GPU was at hand.
"""

from __future__ import annotations

import re

from core.model_files.header import GgufHeader

OUTPUT = ("output.weight", "output_norm.weight")
EMBEDDING = "token_embd.weight"
_BLOCK = re.compile(r"blk\.(\d+)\.")


def device_bytes(header: GgufHeader, gpu_layers: int, *, kv_bytes: int, compute_bytes: int) -> int:
    """Bytes on the GPU: the moved layers' weights, their share of the context, the work.

    Args:
        gpu_layers: as configured; -1 is all of them.
    """
    layers = header.block_count
    moved = layers + 1 if gpu_layers < 0 else min(gpu_layers, layers + 1)
    if not moved:
        return 0
    first = max(0, layers + 1 - moved)
    kv_share = (layers - first) / layers if layers else 0
    return _weights_bytes(header, first) + round(kv_bytes * kv_share) + compute_bytes


def _weights_bytes(header: GgufHeader, first_layer: int) -> int:
    """The layers from `first_layer` on, and the output; tied to the embedding, it is a copy."""
    tied = all(tensor.name != OUTPUT[0] for tensor in header.tensors)
    names = (*OUTPUT, EMBEDDING) if tied else OUTPUT
    return sum(
        tensor.size_bytes
        for tensor in header.tensors
        if tensor.name in names or _layer(tensor.name) >= first_layer
    )


def _layer(tensor: str) -> int:
    found = _BLOCK.match(tensor)
    return int(found[1]) if found else -1
