"""What a model takes of a GPU's memory, and what it then no longer takes of the machine's.

Owns the arithmetic; knows nothing of what GPU there is. llama.cpp moves the last layers first
and counts the output as one more layer.

Source: `llama_model_base::load_tensors` (i_gpu_start). Not measured: no GPU was at hand.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.model_files.header import GgufHeader

OUTPUT = ("output.weight", "output_norm.weight")
EMBEDDING = "token_embd.weight"
DRIVER_MB = 457.0
"""What a driver keeps on the GPU for a process. Source: Ollama's discover package,
cudaMinimumMemory and rocmMinimumMemory."""
_BLOCK = re.compile(r"blk\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class DeviceFootprint:
    """Predicted memory of one loaded model on all GPUs together, MiB, by what takes it."""

    weights_mb: float
    kv_mb: float
    compute_mb: float
    media_mb: float = 0.0
    driver_mb: float = DRIVER_MB

    @property
    def told_mb(self) -> float:
        """The part that llama.cpp tells of when it has loaded the model."""
        return self.weights_mb + self.kv_mb + self.compute_mb

    def total_mb(self, told_mb: float | None = None) -> int:
        """All of it, rounded up to whole MiB, with what was told if that was more."""
        return math.ceil(max(self.told_mb, told_mb or 0.0) + self.media_mb + self.driver_mb)

    def __str__(self) -> str:
        return (
            f"{self.weights_mb:.0f} weights + {self.kv_mb:.0f} context + "
            f"{self.compute_mb:.0f} compute + {self.media_mb:.0f} media + "
            f"{self.driver_mb:.0f} driver = {self.total_mb()} MiB of GPU memory"
        )


@dataclass(frozen=True, slots=True)
class Offload:
    """The layers from `first_layer` on are on a GPU: the bytes that left the machine's memory,
    and those that are on the GPU, which may hold a copy of what stayed."""

    first_layer: int
    left_bytes: int
    moved_bytes: int


def offload(header: GgufHeader, gpu_layers: int) -> Offload | None:
    """What moves with `gpu_layers`, of which -1 is all; None when nothing does."""
    layers = header.block_count
    moved = layers + 1 if gpu_layers < 0 else min(gpu_layers, layers + 1)
    if not moved:
        return None
    first = layers + 1 - moved
    left_bytes = sum(
        tensor.size_bytes
        for tensor in header.tensors
        if tensor.name in OUTPUT or _layer(tensor.name) >= first
    )
    return Offload(first, left_bytes, left_bytes + _tied_output_bytes(header))


def _tied_output_bytes(header: GgufHeader) -> int:
    """An output that is the embedding is copied, since the embedding itself stays."""
    sizes = {tensor.name: tensor.size_bytes for tensor in header.tensors}
    return 0 if OUTPUT[0] in sizes else sizes.get(EMBEDDING, 0)


def _layer(tensor: str) -> int:
    found = _BLOCK.match(tensor)
    return int(found[1]) if found else -1
