"""Footprints against sizes worked out by hand and seen in llama.cpp's log."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from core.model_files.header import GgufHeader, TensorInfo
from core.model_pool.prediction.compute_buffers import compute_bytes
from core.model_pool.prediction.footprint import (
    MERGE_BYTES,
    TOKEN_BYTES,
    WORKER_MB,
    predict_footprint,
)
from core.model_pool.prediction.kv_cache import cache_bytes
from core.model_pool.prediction.media_memory import GRAPH_BYTES, media_bytes

MIB = 2**20


def header(
    architecture: str = "qwen3", *, weights_bytes: int = 0, vocabulary: int = 0, **keys: Any
) -> GgufHeader:
    """A header of 4 layers of 2 KV heads of 64, unless `keys` say otherwise (__ is a dot)."""
    metadata: dict[str, Any] = {
        "block_count": 4,
        "embedding_length": 256,
        "attention.head_count": 4,
        "attention.head_count_kv": 2,
        **{key.replace("__", "."): value for key, value in keys.items()},
    }
    width = metadata["embedding_length"]
    tensors = (
        TensorInfo("token_embd.weight", (width, vocabulary), "F16", 0, weights_bytes),
        TensorInfo("output_norm.weight", (width,), "F32", 0, 0),
    )
    return GgufHeader(
        Path("m.gguf"),
        architecture,
        {f"{architecture}.{key}": value for key, value in metadata.items()},
        tensors,
        0,
    )


QWEN3_4B = header(
    weights_bytes=2376 * MIB,
    vocabulary=151_936,
    feed_forward_length=9_728,
    block_count=36,
    embedding_length=2560,
    attention__head_count=32,
    attention__head_count_kv=8,
    attention__key_length=128,
    attention__value_length=128,
)
QWEN3_0_6B = header(
    vocabulary=151_936,
    feed_forward_length=3072,
    block_count=28,
    embedding_length=1024,
    attention__head_count=16,
    attention__head_count_kv=8,
    attention__key_length=128,
    attention__value_length=128,
)
LFM2_1_2B = header("lfm2", vocabulary=65_536, feed_forward_length=8192, embedding_length=2048)
OMNI_3B = header("qwen2vl", vocabulary=151_936, feed_forward_length=11_008, embedding_length=2048)
VISION_4B = header(
    "qwen3vl",
    vocabulary=151_936,
    feed_forward_length=9_728,
    embedding_length=2560,
    n_deepstack_layers=3,
)


def test_a_4b_model_adds_up() -> None:
    """3044 MiB were measured on two x86-64 cores with n_ctx 4096 before the first answer."""
    footprint = predict_footprint(QWEN3_4B, context_tokens=4096)
    assert footprint.weights_mb == 2376
    assert footprint.kv_mb == 576
    # A batch of 512 positions, one token's scores for each of four answers, and a mask of f16.
    floats = 512 * (4 * 2560 + 3 * 9728) + 4 * 151_936
    assert footprint.compute_mb == (floats * 4 + 512 * 4096 * 2) / MIB
    assert footprint.saved_mb == 256
    assert footprint.total_mb - footprint.saved_mb == pytest.approx(3044, rel=0.02)
    assert "2376 weights + 576 context" in str(footprint)


def test_copies_of_conversations_take_no_more_than_the_cache() -> None:
    small = predict_footprint(header(), context_tokens=256)
    assert 0 < small.kv_mb < 256
    assert small.saved_mb == small.kv_mb
    assert predict_footprint(header(), context_tokens=256, embeddings=True).saved_mb == 0


def test_the_cache_grows_with_the_context_in_whole_steps() -> None:
    per_cell_bytes = 4 * 2 * (64 + 64) * 2
    assert cache_bytes(header(), 512) == 512 * per_cell_bytes
    assert cache_bytes(header(), 513) == 768 * per_cell_bytes


def test_head_sizes_of_the_header_win_over_the_width() -> None:
    wide = header(attention__key_length=128, attention__value_length=32)
    assert cache_bytes(wide, 256) == 256 * 4 * 2 * (128 + 32) * 2


def test_without_kv_heads_every_head_has_its_own() -> None:
    keys = header()
    metadata = {k: v for k, v in keys.metadata.items() if not k.endswith("head_count_kv")}
    every = GgufHeader(keys.path, keys.architecture, metadata, keys.tensors, 0)
    assert cache_bytes(every, 256) == 256 * 4 * 4 * 128 * 2


def test_layers_without_kv_heads_keep_their_convolution_only() -> None:
    lfm2 = header("lfm2", attention__head_count_kv=(0, 0, 8, 0), shortconv__l_cache=3)
    assert cache_bytes(lfm2, 256) == 256 * 8 * 128 * 2 + 3 * (2 * 256) * 4


def test_each_request_that_is_answered_at_once_has_states_and_scores_of_its_own() -> None:
    lfm2 = header(
        "lfm2", vocabulary=1000, attention__head_count_kv=(0, 0, 8, 0), shortconv__l_cache=3
    )
    states_bytes = 3 * (2 * 256) * 4
    assert cache_bytes(lfm2, 256, sequences=4) - cache_bytes(lfm2, 256) == 3 * states_bytes
    one, four = (predict_footprint(lfm2, context_tokens=256, parallel=n) for n in (1, 4))
    assert four.kv_mb - one.kv_mb == pytest.approx(3 * states_bytes / MIB)
    assert four.compute_mb - one.compute_mb == pytest.approx(3 * 1000 * 4 / MIB)


def test_a_hybrid_keeps_a_cache_in_every_nth_layer_and_states_in_the_others() -> None:
    hybrid = header(
        "qwen3next",
        full_attention_interval=4,
        ssm__conv_kernel=4,
        ssm__inner_size=512,
        ssm__state_size=16,
        ssm__group_count=2,
    )
    state = 3 * (512 + 2 * 2 * 16) + 16 * 512
    assert cache_bytes(hybrid, 256) == 256 * 2 * 128 * 2 + 3 * state * 4


@pytest.mark.parametrize("pattern", [(True, True, True, False), 4])
def test_windowed_layers_keep_their_window_and_one_batch(pattern: object) -> None:
    gemma = header(
        "gemma3", attention__sliding_window=512, attention__sliding_window_pattern=pattern
    )
    per_layer_bytes = 2 * 128 * 2
    assert cache_bytes(gemma, 8192, swa_full=False) == (3 * 1024 + 8192) * per_layer_bytes
    assert cache_bytes(gemma, 512, swa_full=False) == 4 * 512 * per_layer_bytes
    assert cache_bytes(gemma, 8192, swa_full=True) == 4 * 8192 * per_layer_bytes


def test_a_window_without_a_pattern_is_taken_for_no_window() -> None:
    assert cache_bytes(header(attention__sliding_window=512), 8192, swa_full=False) == cache_bytes(
        header(), 8192
    )


def test_layers_that_share_a_cache_have_none() -> None:
    assert cache_bytes(header(attention__shared_kv_layers=3), 256) == 256 * 2 * 128 * 2


def test_an_encoder_keeps_no_cache_but_room_for_every_tokens_scores() -> None:
    """llama.cpp reserves that room; 2.1 GiB were measured for 2048 tokens of EmbeddingGemma."""
    bert = header("bert", vocabulary=30_000, attention__causal=False, feed_forward_length=1024)
    footprint = predict_footprint(bert, context_tokens=512, embeddings=True)
    assert footprint.kv_mb == 0
    floats = 512 * (4 * 256 + 3 * 1024 + 30_000)
    assert footprint.compute_mb == (floats * 4 + 512 * 512 * 2) / MIB


def tower(weights_mb: int, *tensors: str, **keys: int) -> GgufHeader:
    metadata = {f"clip.{key.replace('__', '.')}": value for key, value in keys.items()}
    weights = TensorInfo("v.blk.0.ffn_up.weight", (1,), "F16", 0, weights_mb * MIB)
    others = (TensorInfo(name, (1,), "F16", 0, 0) for name in tensors)
    return GgufHeader(Path("mmproj.gguf"), "clip", metadata, (weights, *others), 0)


QWEN3_VL_EYE = tower(
    430,
    vision__embedding_length=1024,
    vision__feed_forward_length=4096,
    vision__spatial_merge_size=2,
    vision__patch_size=16,
)
OMNI_TOWERS = tower(
    1464,
    "v.blk.0.ffn_gate.weight",
    vision__embedding_length=1280,
    vision__feed_forward_length=3420,
    vision__patch_size=14,
    vision__n_wa_pattern=8,
    audio__embedding_length=1280,
    audio__feed_forward_length=5120,
)


def test_a_media_tower_costs_its_weights_its_work_and_what_it_hands_over() -> None:
    """llama.cpp's compute buffer for 1225 tokens is 187 MiB."""
    patches = 1225 * 4
    work = patches * (6 * 1024 + 4096) * 4
    pixels = 2 * patches * 3 * 16 * 16 * 4
    handed_over = 2 * (1225 + 512) * 4 * 2560 * 4
    expected = 430 * MIB + work + pixels + handed_over + GRAPH_BYTES
    assert work / MIB == pytest.approx(187, rel=0.03)
    assert media_bytes(VISION_4B, QWEN3_VL_EYE, 1225) == expected
    seeing = predict_footprint(VISION_4B, QWEN3_VL_EYE, context_tokens=512, image_max_tokens=1225)
    blind = predict_footprint(VISION_4B, context_tokens=512)
    assert (blind.media_mb, seeing.media_mb) == (0, expected / MIB)


def test_attention_in_windows_takes_a_mask() -> None:
    """llama.cpp's compute buffer for 1296 tokens is 402 MiB."""
    patches = 1296 * 4
    work = patches * (6 * 1280 + 2 * 3420) * 4 + patches**2 * 4
    assert work / MIB == pytest.approx(402, rel=0.05)
    pixels = 2 * patches * 3 * 14 * 14 * 4
    handed_over = 2 * (1296 + 512) * 2048 * 4
    expected = 1464 * MIB + work + pixels + handed_over + GRAPH_BYTES
    assert media_bytes(OMNI_3B, OMNI_TOWERS, 1296) == expected


def test_small_pictures_leave_the_recording_the_largest_input() -> None:
    ear = tower(600, audio__embedding_length=1280, audio__feed_forward_length=5120)
    work = 1500 * (6 * 1280 + 5120) * 4
    handed_over = 2 * (64 + 512) * 2048 * 4
    assert media_bytes(OMNI_3B, ear, 64) == 600 * MIB + work + handed_over + GRAPH_BYTES


def test_a_header_that_says_nothing_costs_its_process() -> None:
    empty = GgufHeader(Path("m.gguf"), "odd", {"odd.block_count": "many"}, (), 0)
    footprint = predict_footprint(empty, context_tokens=256)
    assert footprint.total_mb == math.ceil(WORKER_MB + 256 * 256 * 2 / MIB)


@pytest.mark.parametrize(
    ("model", "context_tokens", "reserved_mb"),
    [
        (QWEN3_0_6B, 512, 26.51),
        (QWEN3_0_6B, 32_768, 58.01),
        (LFM2_1_2B, 512, 60.53),
        (LFM2_1_2B, 32_768, 92.03),
        (QWEN3_4B, 512, 80.51),
        (QWEN3_4B, 32_768, 112.01),
        (OMNI_3B, 8_192, 88.52),
        (VISION_4B, 8_192, 115.02),
    ],
)
def test_compute_buffers_are_those_of_llama_cpps_dry_run(
    model: GgufHeader, context_tokens: int, reserved_mb: float
) -> None:
    predicted_mb = compute_bytes(model, context_tokens, embeddings=False) / MIB
    assert predicted_mb == pytest.approx(reserved_mb, abs=8)


def test_a_quantised_cache_is_smaller() -> None:
    exact = predict_footprint(QWEN3_4B, context_tokens=4096)
    half = predict_footprint(QWEN3_4B, context_tokens=4096, cache_type="q8_0")
    quarter = predict_footprint(QWEN3_4B, context_tokens=4096, cache_type="q4_0")
    assert half.kv_mb == exact.kv_mb * 17 / 32
    assert quarter.kv_mb == exact.kv_mb * 9 / 32


def test_a_causal_model_that_embeds_scores_every_token_twice() -> None:
    """Once in its compute buffer, 309 MiB in a dry run, once in its output."""
    predicted_mb = compute_bytes(QWEN3_0_6B, 512, embeddings=True) / MIB
    assert predicted_mb == pytest.approx(309.26 + 297, abs=10)


def test_a_vocabulary_costs_its_tokens_and_merges() -> None:
    words = {"tokenizer.ggml.tokens": ("a", "b", "ab"), "tokenizer.ggml.merges": ("a b",)}
    plain = header()
    metadata = {**plain.metadata, **words}
    model = GgufHeader(plain.path, plain.architecture, metadata, plain.tensors, 0)
    footprint = predict_footprint(model, context_tokens=256)
    assert footprint.process_mb == WORKER_MB + (3 * TOKEN_BYTES + MERGE_BYTES) / MIB
