"""The self-test's eye: one random block behind Qwen3-VL's patches and merger.

Owns its shape and weights; knows nothing of the words its answers become.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from gguf import GGUFWriter, VisionProjectorType

from tests.self_test_models.gguf_file import TensorWriter
from tests.self_test_models.projector import media_bias, media_weights
from tests.self_test_models.random_weights import spread
from tests.self_test_models.reply_circuit import WIDTH

SEED: Final = 5
TOWER_WIDTH: Final = 64
HEADS: Final = 2
FEED_FORWARD_WIDTH: Final = 128
PATCH_PX: Final = 16
MERGED_PATCHES: Final = 4  # two by two become one token
IMAGE_PX: Final = 256
POSITIONS: Final = (IMAGE_PX // PATCH_PX) ** 2
POSITION_SCALE: Final = 0.3  # tells the patches of a plain picture apart
GREY_OFFSET: Final = 0.1  # so that an all-grey picture is something, too


def add_vision_tower(writer: GGUFWriter) -> None:
    """Fill `writer` with the vision part of a projector."""
    _add_metadata(writer)
    random = np.random.default_rng(SEED)
    tensors = TensorWriter(writer)
    _add_patches(tensors, random)
    _add_block(tensors, random)
    _add_merger(tensors, random)


def _add_metadata(writer: GGUFWriter) -> None:
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_vision_projector_type(VisionProjectorType.QWEN3VL)
    writer.add_vision_projection_dim(WIDTH)
    writer.add_vision_image_size(IMAGE_PX)
    writer.add_vision_patch_size(PATCH_PX)
    writer.add_vision_embedding_length(TOWER_WIDTH)
    writer.add_vision_feed_forward_length(FEED_FORWARD_WIDTH)
    writer.add_vision_block_count(1)
    writer.add_vision_head_count(HEADS)
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_image_mean([0.5] * 3)
    writer.add_vision_image_std([0.5] * 3)
    writer.add_vision_use_gelu(True)
    writer.add_vision_spatial_merge_size(2)
    writer.add_vision_is_deepstack_layers([False])


def _add_patches(tensors: TensorWriter, random: np.random.Generator) -> None:
    """Pairs of frames of a video are added up, so both halves of the pair count alike."""
    filters = spread(random, TOWER_WIDTH, 3, PATCH_PX, PATCH_PX)
    filters += spread(random, TOWER_WIDTH, 3)[:, :, None, None] / PATCH_PX**2
    tensors.matrix("v.patch_embd.weight", filters)
    tensors.matrix("v.patch_embd.weight.1", filters)
    tensors.full("v.patch_embd.bias", GREY_OFFSET * spread(random, TOWER_WIDTH))
    positions = random.normal(0, POSITION_SCALE, (POSITIONS, TOWER_WIDTH))
    tensors.full("v.position_embd.weight", positions.astype(np.float32))


def _add_block(tensors: TensorWriter, random: np.random.Generator) -> None:
    for norm in ("v.blk.0.ln1", "v.blk.0.ln2", "v.post_ln"):
        tensors.ones(f"{norm}.weight", TOWER_WIDTH)
        tensors.zeros(f"{norm}.bias", TOWER_WIDTH)
    shapes = {
        "attn_qkv": (3 * TOWER_WIDTH, TOWER_WIDTH),
        "attn_out": (TOWER_WIDTH, TOWER_WIDTH),
        "ffn_up": (FEED_FORWARD_WIDTH, TOWER_WIDTH),
        "ffn_down": (TOWER_WIDTH, FEED_FORWARD_WIDTH),
    }
    for name, shape in shapes.items():
        tensors.matrix(f"v.blk.0.{name}.weight", spread(random, *shape))
        tensors.zeros(f"v.blk.0.{name}.bias", shape[0])


def _add_merger(tensors: TensorWriter, random: np.random.Generator) -> None:
    width = MERGED_PATCHES * TOWER_WIDTH
    tensors.matrix("mm.0.weight", spread(random, width, width))
    tensors.zeros("mm.0.bias", width)
    tensors.matrix("mm.2.weight", media_weights(random, width))
    tensors.full("mm.2.bias", media_bias())
