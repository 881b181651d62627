"""Writes an audio tower as a projector file (mmproj) for llama.cpp's qwen3a graph.

Owns tensor names and metadata; knows nothing of training.
"""

from __future__ import annotations

from pathlib import Path

import gguf
from torch import nn

from models.nano.network.audio import AudioTower
from models.nano.network.gguf_files import Precision, TensorWriter, begun, finish


def export_audio(
    tower: AudioTower, path: Path, *, precision: Precision, name: str, licence: str
) -> None:
    """Write the tower to `path`; convolutions stay F16 and positions F32 in Q8_0 files."""
    writer = begun(path, "clip", "mmproj", name=name, licence=licence, precision=precision)
    writer.add_clip_projector_type(gguf.VisionProjectorType.QWEN3A)
    _add_dimensions(writer, tower)
    _add_tensors(TensorWriter(writer, precision), tower)
    finish(writer)


def _add_dimensions(writer: gguf.GGUFWriter, tower: AudioTower) -> None:
    config = tower.config
    writer.add_clip_has_audio_encoder(True)
    writer.add_audio_projection_dim(config.output)
    writer.add_audio_embedding_length(config.width)
    writer.add_audio_feed_forward_length(config.feed_forward)
    writer.add_audio_block_count(config.layers)
    writer.add_audio_head_count(config.heads)
    writer.add_audio_attention_layernorm_eps(config.norm_epsilon)
    writer.add_audio_num_mel_bins(config.mels)


def _add_tensors(tensors: TensorWriter, tower: AudioTower) -> None:
    def linear(name: str, module: nn.Linear | nn.LayerNorm) -> None:
        tensors.put(f"{name}.weight", module.weight)
        tensors.put(f"{name}.bias", module.bias)

    for number, convolution in enumerate(tower.convolutions, 1):
        assert isinstance(convolution, nn.Conv2d)  # noqa: S101  ModuleList does not say it
        tensors.put(f"a.conv2d.{number}.weight", convolution.weight, "f16")
        assert convolution.bias is not None  # noqa: S101
        tensors.put(f"a.conv2d.{number}.bias", convolution.bias.view(-1, 1, 1), "f32")
    tensors.put("a.conv_out.weight", tower.joined.weight)
    tensors.put("a.position_embd.weight", tower.positions, "f32")
    for number, block in enumerate(tower.blocks):
        parts = {
            "ln1": block.attention_norm,
            "attn_qkv": block.query_key_value,
            "attn_out": block.output,
            "ln2": block.feed_norm,
            "ffn_up": block.up,
            "ffn_down": block.down,
        }
        for part, module in parts.items():
            linear(f"a.blk.{number}.{part}", module)
    linear("a.post_ln", tower.norm)
    linear("mm.a.mlp.1", tower.project_1)
    linear("mm.a.mlp.2", tower.project_2)
