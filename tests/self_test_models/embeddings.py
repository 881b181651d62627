"""The self-test's embeddings: a random BERT-like encoder with mean pooling.

Owns its shape and weights; knows nothing of retrieval. Texts that share words come out
alike, because pooling averages over the words; it understands nothing more.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from gguf import GGUFWriter, LlamaFileType, PoolingType

from tests.self_test_models.gguf_file import TensorWriter
from tests.self_test_models.random_weights import spread
from tests.self_test_models.text_tower import add_byte_pair_vocabulary
from tests.self_test_models.vocabulary import make_vocabulary

ARCHITECTURE: Final = "bert"
SEED: Final = 3
WIDTH: Final = 128
HEADS: Final = 2
FEED_FORWARD_WIDTH: Final = 128
CONTEXT_TOKENS: Final = 2_048
POSITION_SCALE: Final = 0.1  # the order of words matters, but less than the words
BLOCK_SCALE: Final = 0.3


def add_encoder(writer: GGUFWriter) -> None:
    """Fill `writer` with the encoder."""
    vocabulary = make_vocabulary()
    _add_metadata(writer)
    add_byte_pair_vocabulary(writer, vocabulary)
    random = np.random.default_rng(SEED)
    tensors = TensorWriter(writer)
    words = random.normal(size=(len(vocabulary), WIDTH))
    tensors.full("token_embd.weight", words.astype(np.float32))
    tensors.zeros("token_types.weight", 2, WIDTH)
    positions = random.normal(0, POSITION_SCALE, (CONTEXT_TOKENS, WIDTH))
    tensors.full("position_embd.weight", positions.astype(np.float32))
    tensors.ones("token_embd_norm.weight", WIDTH)
    tensors.zeros("token_embd_norm.bias", WIDTH)
    _add_block(tensors, random)


def _add_metadata(writer: GGUFWriter) -> None:
    writer.add_name("SARAi self-test embeddings")
    writer.add_type("model")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_block_count(1)
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD_WIDTH)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(PoolingType.MEAN)
    writer.add_token_type_count(2)


def _add_block(tensors: TensorWriter, random: np.random.Generator) -> None:
    shapes = {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (WIDTH, WIDTH),
        "attn_v": (WIDTH, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_up": (FEED_FORWARD_WIDTH, WIDTH),
        "ffn_down": (WIDTH, FEED_FORWARD_WIDTH),
    }
    for name, shape in shapes.items():
        tensors.matrix(f"blk.0.{name}.weight", BLOCK_SCALE * spread(random, *shape))
        tensors.zeros(f"blk.0.{name}.bias", shape[0])
    for norm in ("attn_output_norm", "layer_output_norm"):
        tensors.ones(f"blk.0.{norm}.weight", WIDTH)
        tensors.zeros(f"blk.0.{norm}.bias", WIDTH)
