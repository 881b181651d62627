"""The GPU's share of a model and what stays on the machine, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model_files.header import GgufHeader, TensorInfo
from core.model_pool.prediction.device_memory import DRIVER_MB, Offload, offload
from core.model_pool.prediction.footprint import MIB, predict_footprint
from core.model_pool.prediction.media_memory import tower_bytes

EMBEDDING, LAYER, NORM, OUTPUT = 1000, 10, 1, 500
CONTEXT_TOKENS = 1024


def model(tied: bool = False, unit: int = 1, /, **keys: int) -> GgufHeader:
    """Four layers of two tensors of 10 units, and an output."""
    sizes = {"token_embd.weight": EMBEDDING, "output_norm.weight": NORM}
    if not tied:
        sizes["output.weight"] = OUTPUT
    for layer in range(4):
        sizes |= {f"blk.{layer}.attn_q.weight": LAYER, f"blk.{layer}.ffn_up.weight": LAYER}
    tensors = tuple(
        TensorInfo(name, (size,), "F16", 0, size * unit) for name, size in sizes.items()
    )
    metadata = {f"qwen3.{key.replace('__', '.')}": value for key, value in keys.items()}
    return GgufHeader(Path("m.gguf"), "qwen3", {"qwen3.block_count": 4, **metadata}, tensors, 0)


def speaking(**keys: int) -> GgufHeader:
    """The same with attention, so that its context takes memory; a unit is a MiB."""
    attention = {"attention__head_count": 2, "attention__key_length": 128}
    dimensions = {"embedding_length": 64, **attention, "attention__value_length": 128}
    return model(False, MIB, **{**dimensions, **keys})


@pytest.mark.parametrize(
    ("gpu_layers", "expected"),
    [
        (0, None),
        (1, Offload(4, OUTPUT + NORM, OUTPUT + NORM)),
        (2, Offload(3, OUTPUT + NORM + 2 * LAYER, OUTPUT + NORM + 2 * LAYER)),
        (5, Offload(0, OUTPUT + NORM + 8 * LAYER, OUTPUT + NORM + 8 * LAYER)),
        (99, Offload(0, OUTPUT + NORM + 8 * LAYER, OUTPUT + NORM + 8 * LAYER)),
        (-1, Offload(0, OUTPUT + NORM + 8 * LAYER, OUTPUT + NORM + 8 * LAYER)),
    ],
)
def test_the_output_moves_first_then_the_last_layers(
    gpu_layers: int, expected: Offload | None
) -> None:
    assert offload(model(), gpu_layers) == expected


def test_an_output_that_is_the_embedding_is_copied() -> None:
    assert offload(model(True), 1) == Offload(4, NORM, EMBEDDING + NORM)


@pytest.mark.parametrize("gpu_layers", [1, 2, 4, -1])
def test_what_moves_is_on_one_side_and_the_work_on_both(gpu_layers: int) -> None:
    alone = predict_footprint(speaking(), context_tokens=CONTEXT_TOKENS)
    split = predict_footprint(speaking(), context_tokens=CONTEXT_TOKENS, gpu_layers=gpu_layers)
    device = split.device
    assert device is not None
    assert alone.device is None
    assert split.weights_mb + device.weights_mb == pytest.approx(alone.weights_mb)
    assert split.kv_mb + device.kv_mb == pytest.approx(alone.kv_mb)
    moved_layers = 4 if gpu_layers < 0 else gpu_layers - 1
    assert device.kv_mb == pytest.approx(alone.kv_mb * moved_layers / 4)
    assert split.compute_mb == device.compute_mb == alone.compute_mb
    # What the machine keeps for conversations of unloaded layers is the whole context's.
    assert (split.saved_mb, split.process_mb) == (alone.saved_mb, alone.process_mb)
    assert split.total_mb < alone.total_mb


def test_the_context_moves_with_the_layers_that_have_one() -> None:
    """Every second layer attends; the others keep a state of a fixed size."""
    hybrid = speaking(full_attention_interval=2, ssm__inner_size=64, ssm__state_size=64)
    last = predict_footprint(hybrid, context_tokens=CONTEXT_TOKENS, gpu_layers=2)
    two = predict_footprint(hybrid, context_tokens=CONTEXT_TOKENS, gpu_layers=3)
    whole = predict_footprint(hybrid, context_tokens=CONTEXT_TOKENS)
    assert last.device is not None
    assert two.device is not None
    attending_mb = CONTEXT_TOKENS * 2 * 256 * 2 / MIB
    assert last.device.kv_mb == pytest.approx(attending_mb)  # the fourth layer attends
    assert two.device.kv_mb == pytest.approx(whole.kv_mb / 2)


def test_the_tower_moves_with_the_first_layer() -> None:
    eye = GgufHeader(
        Path("e.gguf"),
        "clip",
        {"clip.vision.embedding_length": 64, "clip.vision.feed_forward_length": 128},
        (TensorInfo("v.blk.0.weight", (1,), "F16", 0, 30 * MIB),),
        0,
    )
    alone = predict_footprint(speaking(), eye, context_tokens=CONTEXT_TOKENS)
    split = predict_footprint(speaking(), eye, context_tokens=CONTEXT_TOKENS, gpu_layers=1)
    assert split.device is not None
    assert split.device.media_mb == tower_bytes(eye, 1280) / MIB > 30
    assert split.media_mb + split.device.media_mb == pytest.approx(alone.media_mb)


def test_each_gpu_needs_room_to_compute_and_a_driver() -> None:
    one, two = (
        predict_footprint(speaking(), context_tokens=CONTEXT_TOKENS, gpu_layers=-1, gpus=gpus)
        for gpus in (1, 2)
    )
    assert one.device is not None
    assert two.device is not None
    more_mb = two.device.total_mb() - one.device.total_mb()
    assert more_mb == pytest.approx(one.compute_mb + DRIVER_MB, abs=1)
    assert one.total_mb == two.total_mb


def test_a_gpu_without_memory_of_its_own_relieves_nobody() -> None:
    alone = predict_footprint(speaking(), context_tokens=CONTEXT_TOKENS)
    own, shared = (
        predict_footprint(speaking(), context_tokens=CONTEXT_TOKENS, gpu_layers=-1, unified=unified)
        for unified in (False, True)
    )
    assert own.total_mb < shared.total_mb == alone.total_mb
    assert own.device == shared.device


def test_what_llama_cpp_tells_counts_when_it_is_more() -> None:
    device = predict_footprint(speaking(), context_tokens=CONTEXT_TOKENS, gpu_layers=-1).device
    assert device is not None
    assert device.total_mb() == device.total_mb(1.0) >= device.told_mb + DRIVER_MB
    assert device.total_mb(device.told_mb + 50) - device.total_mb() == 50
    assert str(device).endswith(f"457 driver = {device.total_mb()} MiB of GPU memory")
