"""The self-test's ear: one random block behind Whisper's convolutions, as in Qwen2-Audio.

Owns its shape and weights; knows nothing of the words its answers become. Recordings are
padded to 30 s, so silence must add nothing to the average over all tokens.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from gguf import GGUFWriter, VisionProjectorType

from tests.self_test_models.gguf_file import Array, TensorWriter
from tests.self_test_models.projector import media_bias, media_weights
from tests.self_test_models.random_weights import contrasts, spread
from tests.self_test_models.reply_circuit import WIDTH

SEED: Final = 2
TOWER_WIDTH: Final = 64
HEADS: Final = 2
FEED_FORWARD_WIDTH: Final = 128
MEL_BINS: Final = 128
KERNEL: Final = 3
NORM_EPSILON: Final = 0.01  # rounding errors in silence are not blown up to a sound
POSITIONS: Final = 1500  # tokens of 30 s before pooling


def add_audio_tower(writer: GGUFWriter) -> None:
    """Fill `writer` with the audio part of a projector."""
    _add_metadata(writer)
    random = np.random.default_rng(SEED)
    tensors = TensorWriter(writer)
    _add_convolutions(tensors, random)
    _add_block(tensors, random)
    tensors.matrix("mm.a.fc.weight", media_weights(random, TOWER_WIDTH))
    tensors.full("mm.a.fc.bias", media_bias())


def _add_metadata(writer: GGUFWriter) -> None:
    writer.add_clip_has_audio_encoder(True)
    writer.add_clip_audio_projector_type(VisionProjectorType.QWEN2A)
    writer.add_audio_projection_dim(WIDTH)
    writer.add_audio_embedding_length(TOWER_WIDTH)
    writer.add_audio_feed_forward_length(FEED_FORWARD_WIDTH)
    writer.add_audio_block_count(1)
    writer.add_audio_head_count(HEADS)
    writer.add_audio_attention_layernorm_eps(NORM_EPSILON)
    writer.add_audio_num_mel_bins(MEL_BINS)


def _add_convolutions(tensors: TensorWriter, random: np.random.Generator) -> None:
    for number, inputs in ((1, MEL_BINS), (2, TOWER_WIDTH)):
        tensors.matrix(f"a.conv1d.{number}.weight", _filters(random, inputs))
        tensors.zeros(f"a.conv1d.{number}.bias", TOWER_WIDTH, 1)
    tensors.zeros("a.position_embd.weight", POSITIONS, TOWER_WIDTH)


def _filters(random: np.random.Generator, inputs: int) -> Array:
    """Filters (TOWER_WIDTH, inputs, KERNEL) that compare inputs at each moment."""
    return np.stack([contrasts(random, TOWER_WIDTH, inputs) for _ in range(KERNEL)], axis=-1)


def _add_block(tensors: TensorWriter, random: np.random.Generator) -> None:
    for norm in ("a.blk.0.ln1", "a.blk.0.ln2", "a.post_ln"):
        tensors.ones(f"{norm}.weight", TOWER_WIDTH)
        tensors.zeros(f"{norm}.bias", TOWER_WIDTH)
    shapes = {
        "attn_q": (TOWER_WIDTH, TOWER_WIDTH),
        "attn_k": (TOWER_WIDTH, TOWER_WIDTH),
        "attn_v": (TOWER_WIDTH, TOWER_WIDTH),
        "attn_out": (TOWER_WIDTH, TOWER_WIDTH),
        "ffn_up": (FEED_FORWARD_WIDTH, TOWER_WIDTH),
        "ffn_down": (TOWER_WIDTH, FEED_FORWARD_WIDTH),
    }
    for name, shape in shapes.items():
        tensors.matrix(f"a.blk.0.{name}.weight", spread(random, *shape))
        if name != "attn_k":  # Whisper's keys have no bias
            tensors.zeros(f"a.blk.0.{name}.bias", shape[0])
