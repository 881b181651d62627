"""Text models: one that recites a known reply, and ones with random weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from tests.gguf_fixtures.tensors import TensorWriter
from tests.gguf_fixtures.vocabulary import (
    CHAT_TEMPLATE,
    END_OF_TURN,
    Vocabulary,
    byte_vocabulary,
    spelled,
)

WIDTH = 128
HEADS = 2
HEAD_WIDTH = 64
FEED_FORWARD = 256
SCRIPTED_SCALE = 1e-3  # too little for the context to change the reply
RANDOM_SCALE = 0.1  # enough for every earlier token to change the answer
CONVOLUTION = 3  # tokens that a recurrent layer sees
PROMPT_END = b"\n"  # the last token of CHAT_TEMPLATE's prompt


@dataclass(frozen=True)
class TextShape:
    """What of a text model differs between the fixtures."""

    architecture: str = "qwen3"
    layers: int = 2
    context_tokens: int = 4096
    deepstack_layers: int = 0
    pooling: gguf.PoolingType | None = None


def write_scripted_model(
    path: Path,
    reply: Sequence[bytes],
    *,
    chat_template: str | None = CHAT_TEMPLATE,
    add_bos: bool = False,
) -> None:
    """A model whose greedy answer to anything is `reply`, one token per piece.

    Each token's embedding is what the next one's output row looks for, so no piece may come
    twice, and none may be PROMPT_END.
    """
    vocabulary = byte_vocabulary(reply)
    chain = [vocabulary.number(spelled(piece)) for piece in (PROMPT_END, *reply)]
    chain.append(vocabulary.number(END_OF_TURN))
    writer = TensorWriter(path, TextShape().architecture, seed=0)
    embeddings = _embeddings(writer, vocabulary)
    output = np.zeros_like(embeddings)
    for token, following in pairwise(chain):
        output[following] = embeddings[token]
    vocabulary.add_to(writer.metadata, chat_template, add_bos=add_bos)
    _write(writer, TextShape(), embeddings, output, SCRIPTED_SCALE)


def write_random_model(
    path: Path, shape: TextShape | None = None, *, chat_template: str = CHAT_TEMPLATE
) -> None:
    """A model that answers with printable ASCII and never ends by itself."""
    shape = shape or TextShape()
    vocabulary = byte_vocabulary()
    writer = TensorWriter(path, shape.architecture, seed=1)
    embeddings = _embeddings(writer, vocabulary)
    output = np.zeros_like(embeddings)
    printable = vocabulary.printable()
    output[printable] = writer.random(len(printable), WIDTH, scale=0.5)
    vocabulary.add_to(writer.metadata, chat_template, add_bos=False)
    _write(writer, shape, embeddings, output, RANDOM_SCALE)


def _embeddings(writer: TensorWriter, vocabulary: Vocabulary) -> NDArray[np.float32]:
    rows = writer.random(len(vocabulary), WIDTH)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def _write(
    writer: TensorWriter,
    shape: TextShape,
    embeddings: NDArray[np.float32],
    output: NDArray[np.float32],
    scale: float,
) -> None:
    _add_metadata(writer.metadata, shape)
    writer.tensor("token_embd.weight", embeddings)
    writer.tensor("output.weight", output)
    norm = "token_embd_norm" if shape.architecture == "lfm2" else "output_norm"
    writer.ones(f"{norm}.weight", WIDTH)
    for index in range(shape.layers):
        _add_layer(writer, f"blk.{index}.", shape, scale)
    writer.write()


def _add_metadata(metadata: gguf.GGUFWriter, shape: TextShape) -> None:
    metadata.add_block_count(shape.layers)
    metadata.add_context_length(shape.context_tokens)
    metadata.add_embedding_length(WIDTH)
    metadata.add_feed_forward_length(FEED_FORWARD)
    metadata.add_head_count(HEADS)
    metadata.add_head_count_kv(_kv_heads(shape))
    metadata.add_key_length(HEAD_WIDTH)
    metadata.add_value_length(HEAD_WIDTH)
    metadata.add_layer_norm_rms_eps(1e-6)
    metadata.add_rope_freq_base(1e6)
    if shape.architecture in ("qwen2vl", "qwen3vl"):
        metadata.add_rope_dimension_sections([16, 8, 8, 0])  # half a head in all
    if shape.architecture == "qwen3vl":
        metadata.add_num_deepstack_layers(shape.deepstack_layers)
    if shape.architecture == "lfm2":
        metadata.add_shortconv_l_cache(CONVOLUTION)
        metadata.add_vocab_size(len(byte_vocabulary()))
    if shape.pooling is not None:
        metadata.add_pooling_type(shape.pooling)


def _kv_heads(shape: TextShape) -> int | list[int]:
    """The first layer of a hybrid model has no KV cache."""
    return [0, *[HEADS] * (shape.layers - 1)] if shape.architecture == "lfm2" else HEADS


def _add_layer(writer: TensorWriter, prefix: str, shape: TextShape, scale: float) -> None:
    writer.ones(prefix + "attn_norm.weight", WIDTH)
    if shape.architecture == "lfm2" and prefix == "blk.0.":
        _add_convolution(writer, prefix + "shortconv.", scale)
    else:
        _add_attention(writer, prefix, shape, scale)
    writer.ones(prefix + "ffn_norm.weight", WIDTH)
    writer.weights(prefix + "ffn_gate.weight", FEED_FORWARD, WIDTH, scale=scale)
    writer.weights(prefix + "ffn_up.weight", FEED_FORWARD, WIDTH, scale=scale)
    writer.weights(prefix + "ffn_down.weight", WIDTH, FEED_FORWARD, scale=scale)


def _add_attention(writer: TensorWriter, prefix: str, shape: TextShape, scale: float) -> None:
    inner = HEADS * HEAD_WIDTH
    for name in ("attn_q", "attn_k", "attn_v"):
        writer.weights(f"{prefix}{name}.weight", inner, WIDTH, scale=scale)
        if shape.architecture == "qwen2vl":
            writer.zeros(f"{prefix}{name}.bias", inner)
    writer.weights(prefix + "attn_output.weight", WIDTH, inner, scale=scale)
    if shape.architecture != "qwen2vl":
        writer.ones(prefix + "attn_q_norm.weight", HEAD_WIDTH)
        writer.ones(prefix + "attn_k_norm.weight", HEAD_WIDTH)


def _add_convolution(writer: TensorWriter, prefix: str, scale: float) -> None:
    writer.weights(prefix + "conv.weight", WIDTH, CONVOLUTION, scale=1, half=False)
    writer.weights(prefix + "in_proj.weight", 3 * WIDTH, WIDTH, scale=scale)
    writer.weights(prefix + "out_proj.weight", WIDTH, WIDTH, scale=scale)
