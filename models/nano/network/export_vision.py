"""Writes a vision tower as a GGUF projector (mmproj) for llama.cpp's qwen3vl graph.

Owns tensor names and metadata; knows nothing of training.
"""

from __future__ import annotations

from pathlib import Path

import gguf
from torch import nn

from models.nano.network.gguf_files import Precision, TensorWriter, begun, finish
from models.nano.network.vision import MERGE, VisionTower

NORMALISATION = [0.5, 0.5, 0.5]
"""Mean and deviation: pixels of 0 to 1 become -1 to 1."""


def export_vision(
    tower: VisionTower, path: Path, *, precision: Precision, name: str, licence: str = "MIT"
) -> None:
    """Write the tower to `path`. Patch and position tensors keep at least F16."""
    writer = begun(path, "clip", "mmproj", name=name, licence=licence, precision=precision)
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type(gguf.VisionProjectorType.QWEN3VL)
    add_vision_dimensions(writer, tower)
    add_vision_tensors(TensorWriter(writer, precision), tower, precision)
    finish(writer)


def add_vision_dimensions(writer: gguf.GGUFWriter, tower: VisionTower) -> None:
    config = tower.config
    writer.add_vision_projection_dim(config.output_width)
    writer.add_vision_image_size(config.image_px)
    writer.add_vision_patch_size(config.patch_px)
    writer.add_vision_embedding_length(config.width)
    writer.add_vision_feed_forward_length(config.feed_forward)
    writer.add_vision_block_count(config.layers)
    writer.add_vision_head_count(config.heads)
    writer.add_vision_attention_layernorm_eps(config.norm_epsilon)
    writer.add_vision_image_mean(NORMALISATION)
    writer.add_vision_image_std(NORMALISATION)
    writer.add_vision_use_gelu(True)
    writer.add_vision_spatial_merge_size(MERGE)
    writer.add_vision_is_deepstack_layers(
        [layer in config.deepstack for layer in range(config.layers)]
    )


def add_vision_tensors(tensors: TensorWriter, tower: VisionTower, precision: Precision) -> None:
    def put(name: str, module: nn.Module) -> None:
        tensors.put(f"{name}.weight", module.weight)
        tensors.put(f"{name}.bias", module.bias)

    # llama.cpp convolves two frames, of a picture the same one twice, and adds them up.
    half = tower.patches.weight / 2
    patch_precision: Precision = "f32" if precision == "f32" else "f16"
    tensors.put("v.patch_embd.weight", half, patch_precision)
    tensors.put("v.patch_embd.weight.1", half, patch_precision)
    tensors.put("v.patch_embd.bias", tower.patches.bias)
    tensors.put("v.position_embd.weight", tower.positions.flatten(0, 1), "f32")
    for number, block in enumerate(tower.blocks):
        parts = {
            "ln1": block.norm1,
            "ln2": block.norm2,
            "attn_qkv": block.qkv,
            "attn_out": block.projection,
            "ffn_up": block.up,
            "ffn_down": block.down,
        }
        for part, module in parts.items():
            put(f"v.blk.{number}.{part}", module)
    for layer, merger in tower.deepstack.items():
        put(f"v.deepstack.{layer}.norm", merger.norm)
        put(f"v.deepstack.{layer}.fc1", merger.first)
        put(f"v.deepstack.{layer}.fc2", merger.second)
    put("v.post_ln", tower.merger.norm)
    put("mm.0", tower.merger.first)
    put("mm.2", tower.merger.second)
