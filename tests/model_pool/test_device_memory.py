"""The GPU's share of a model, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model_files.header import GgufHeader, TensorInfo
from core.model_pool.prediction.device_memory import device_bytes

EMBEDDING, LAYER, NORM, OUTPUT = 1000, 10, 1, 500


def model(*, tied: bool) -> GgufHeader:
    """Four layers of two tensors of 10 bytes."""
    sizes = {"token_embd.weight": EMBEDDING, "output_norm.weight": NORM}
    if not tied:
        sizes["output.weight"] = OUTPUT
    for layer in range(4):
        sizes |= {f"blk.{layer}.attn_q.weight": LAYER, f"blk.{layer}.ffn_up.weight": LAYER}
    tensors = tuple(TensorInfo(name, (1,), "F16", 0, size) for name, size in sizes.items())
    return GgufHeader(Path("m.gguf"), "qwen3", {"qwen3.block_count": 4}, tensors, 0)


@pytest.mark.parametrize(
    ("gpu_layers", "moved_bytes"),
    [
        (0, 0),
        (1, OUTPUT + NORM + 7),
        (2, OUTPUT + NORM + 2 * LAYER + 100 + 7),
        (5, OUTPUT + NORM + 8 * LAYER + 400 + 7),
        (99, OUTPUT + NORM + 8 * LAYER + 400 + 7),
        (-1, OUTPUT + NORM + 8 * LAYER + 400 + 7),
    ],
)
def test_the_output_moves_first_then_the_last_layers(gpu_layers: int, moved_bytes: int) -> None:
    taken = device_bytes(model(tied=False), gpu_layers, kv_bytes=400, compute_bytes=7)
    assert taken == moved_bytes


def test_an_output_that_is_the_embedding_is_copied() -> None:
    taken = device_bytes(model(tied=True), 1, kv_bytes=400, compute_bytes=7)
    assert taken == EMBEDDING + NORM + 7
