"""Projector files (mmproj): a picture tower in the form of Qwen3-VL, and one that sees and
hears in the form of Qwen2.5-Omni. All weights are random."""

from __future__ import annotations

from pathlib import Path

import gguf

from tests.gguf_fixtures.tensors import TensorWriter
from tests.gguf_fixtures.text_model import WIDTH as TEXT_WIDTH

WIDTH = 64
HEADS = 2
LAYERS = 2
FEED_FORWARD = 128
MERGED_WIDTH = 4 * WIDTH  # two by two patches become one token
MEL_BINS = 128
AUDIO_POSITIONS = 1500  # 30 s
SCALE = 0.2


def write_vision_tower(path: Path) -> None:
    """Projector `qwen3vl_merger`; its text model needs one deepstack layer."""
    writer = _writer(path, gguf.VisionProjectorType.QWEN3VL)
    _add_vision_metadata(writer.metadata, patch_px=16, image_px=256)
    writer.metadata.add_vision_use_gelu(True)
    writer.metadata.add_vision_spatial_merge_size(2)
    writer.metadata.add_vision_is_deepstack_layers([index == 0 for index in range(LAYERS)])
    _add_patches(writer, patch_px=16)
    writer.zeros("v.patch_embd.bias", WIDTH)
    writer.weights("v.position_embd.weight", (256 // 16) ** 2, WIDTH, scale=SCALE, half=False)
    for index in range(LAYERS):
        prefix = f"v.blk.{index}."
        writer.layer_norm(prefix + "ln1", WIDTH)
        writer.layer_norm(prefix + "ln2", WIDTH)
        writer.linear(prefix + "attn_qkv", 3 * WIDTH, WIDTH, scale=SCALE)
        writer.linear(prefix + "attn_out", WIDTH, WIDTH, scale=SCALE)
        writer.linear(prefix + "ffn_up", FEED_FORWARD, WIDTH, scale=SCALE)
        writer.linear(prefix + "ffn_down", WIDTH, FEED_FORWARD, scale=SCALE)
    writer.layer_norm("v.deepstack.0.norm", MERGED_WIDTH)
    writer.linear("v.deepstack.0.fc1", MERGED_WIDTH, MERGED_WIDTH, scale=SCALE)
    writer.linear("v.deepstack.0.fc2", TEXT_WIDTH, MERGED_WIDTH, scale=SCALE)
    writer.layer_norm("v.post_ln", WIDTH)
    _add_merger(writer)
    writer.write()


def write_omni_tower(path: Path, *, vision: bool = True) -> None:
    """Projector `qwen2.5o`: hears, and sees when `vision` is on."""
    writer = _writer(path, gguf.VisionProjectorType.QWEN25O)
    if vision:
        _add_omni_vision(writer)
    _add_audio(writer)
    writer.write()


def _writer(path: Path, projector: str) -> TensorWriter:
    writer = TensorWriter(path, "clip", seed=2)
    writer.metadata.add_type("mmproj")
    writer.metadata.add_clip_projector_type(projector)
    return writer


def _add_vision_metadata(metadata: gguf.GGUFWriter, *, patch_px: int, image_px: int) -> None:
    metadata.add_clip_has_vision_encoder(True)
    metadata.add_vision_projection_dim(TEXT_WIDTH)
    metadata.add_vision_image_size(image_px)
    metadata.add_vision_patch_size(patch_px)
    metadata.add_vision_embedding_length(WIDTH)
    metadata.add_vision_feed_forward_length(FEED_FORWARD)
    metadata.add_vision_block_count(LAYERS)
    metadata.add_vision_head_count(HEADS)
    metadata.add_vision_attention_layernorm_eps(1e-6)
    metadata.add_vision_image_mean([0.5, 0.5, 0.5])
    metadata.add_vision_image_std([0.5, 0.5, 0.5])


def _add_patches(writer: TensorWriter, *, patch_px: int) -> None:
    for name in ("v.patch_embd.weight", "v.patch_embd.weight.1"):  # two frames make one patch
        writer.weights(name, WIDTH, 3, patch_px, patch_px, scale=SCALE)


def _add_merger(writer: TensorWriter) -> None:
    writer.linear("mm.0", MERGED_WIDTH, MERGED_WIDTH, scale=SCALE)
    writer.linear("mm.2", TEXT_WIDTH, MERGED_WIDTH, scale=SCALE)


def _add_omni_vision(writer: TensorWriter) -> None:
    _add_vision_metadata(writer.metadata, patch_px=14, image_px=224)
    writer.metadata.add_vision_use_silu(True)
    writer.metadata.add_vision_n_wa_pattern(LAYERS)
    _add_patches(writer, patch_px=14)
    for index in range(LAYERS):
        prefix = f"v.blk.{index}."
        writer.ones(prefix + "ln1.weight", WIDTH)
        writer.ones(prefix + "ln2.weight", WIDTH)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            writer.linear(prefix + name, WIDTH, WIDTH, scale=SCALE)
        writer.linear(prefix + "ffn_gate", FEED_FORWARD, WIDTH, scale=SCALE)
        writer.linear(prefix + "ffn_up", FEED_FORWARD, WIDTH, scale=SCALE)
        writer.linear(prefix + "ffn_down", WIDTH, FEED_FORWARD, scale=SCALE)
    writer.ones("v.post_ln.weight", WIDTH)
    _add_merger(writer)


def _add_audio(writer: TensorWriter) -> None:
    metadata = writer.metadata
    metadata.add_clip_has_audio_encoder(True)
    metadata.add_audio_projection_dim(TEXT_WIDTH)
    metadata.add_audio_embedding_length(WIDTH)
    metadata.add_audio_feed_forward_length(FEED_FORWARD)
    metadata.add_audio_block_count(LAYERS)
    metadata.add_audio_head_count(HEADS)
    metadata.add_audio_attention_layernorm_eps(1e-5)
    metadata.add_audio_num_mel_bins(MEL_BINS)
    for index, channels in ((1, MEL_BINS), (2, WIDTH)):
        writer.weights(f"a.conv1d.{index}.weight", WIDTH, channels, 3, scale=SCALE)
        writer.zeros(f"a.conv1d.{index}.bias", WIDTH, 1)
    writer.weights("a.position_embd.weight", AUDIO_POSITIONS, WIDTH, scale=SCALE, half=False)
    for index in range(LAYERS):
        prefix = f"a.blk.{index}."
        writer.layer_norm(prefix + "ln1", WIDTH)
        writer.layer_norm(prefix + "ln2", WIDTH)
        for name in ("attn_q", "attn_v", "attn_out"):
            writer.linear(prefix + name, WIDTH, WIDTH, scale=SCALE)
        writer.weights(prefix + "attn_k.weight", WIDTH, WIDTH, scale=SCALE)  # whisper: no bias
        writer.linear(prefix + "ffn_up", FEED_FORWARD, WIDTH, scale=SCALE)
        writer.linear(prefix + "ffn_down", WIDTH, FEED_FORWARD, scale=SCALE)
    writer.layer_norm("a.post_ln", WIDTH)
    writer.linear("mm.a.fc", TEXT_WIDTH, WIDTH, scale=SCALE)
