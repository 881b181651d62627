"""What llama.cpp needs beside weights and context to compute with a model.

Owns the arithmetic of one batch: activations, attention masks and outputs; knows nothing of
the rest of a model's memory. Flash attention is on, as everywhere in SARAi.

Source: llama.cpp's own figures, from a dry run (`no_alloc`) of full-size models of five
architectures with 512 to 32,768 tokens; the predictions lie within 8 MiB of each.
"""

from __future__ import annotations

import math

from core.model_files.header import GgufHeader
from core.model_pool.prediction.kv_cache import UBATCH_TOKENS, HeaderKeys, is_encoder

F32_BYTES, F16_BYTES = 4, 2


def compute_bytes(
    header: GgufHeader, context_tokens: int, *, embeddings: bool, answers: int = 1
) -> int:
    """Bytes of the largest batch: for embeddings the whole context, else UBATCH_TOKENS.

    Args:
        answers: a chat's requests at once, each of which asks for the scores of one token.
            For embeddings llama.cpp keeps room for every token's scores, also of a model that
            computes none: 2 GiB for 2048 tokens and a vocabulary of 262,144.
    """
    keys = HeaderKeys(header.metadata, header.architecture)
    batch_tokens = context_tokens if embeddings else min(UBATCH_TOKENS, context_tokens)
    masks = 2 if keys.number("attention.sliding_window") else 1
    mask_bytes = masks * batch_tokens * context_tokens * F16_BYTES
    return mask_bytes + F32_BYTES * (
        batch_tokens * _activations(header, keys, embeddings=embeddings)
        + (batch_tokens if embeddings else answers) * vocabulary_size(header)
    )


def vocabulary_size(header: GgufHeader) -> int:
    """Entries of the vocabulary: rows of the embedding, whatever order its shape has."""
    width = HeaderKeys(header.metadata, header.architecture).width
    sizes = [math.prod(t.shape) for t in header.tensors if t.name == "token_embd.weight"]
    return sizes[0] // width if sizes and width else 0


def _activations(header: GgufHeader, keys: HeaderKeys, *, embeddings: bool) -> int:
    """Floats alive at once for one token of a batch.

    In the feed-forward part of a layer, or where the scores are computed: a causal model that
    embeds computes those of every token, though nobody asks for them. Pictures that enter at
    several layers (deep stack) are as wide as the model for each, and copied once.
    """
    stacked = 2 * keys.number("n_deepstack_layers")
    layer = (4 + stacked) * keys.width + 3 * keys.number("feed_forward_length")
    if not embeddings or is_encoder(header):
        return layer
    return max(layer, vocabulary_size(header) + 2 * keys.width)
