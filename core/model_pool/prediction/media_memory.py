"""What seeing and hearing take: a projector, and its work on the largest input.

Owns the arithmetic; knows nothing of the language model's own memory. Flash attention is on.

Source: llama.cpp's compute buffers for pictures of 49 to 1,296 tokens and for sound, and the
growth of a worker that saw them, on full-size towers of Qwen3-VL and Qwen2.5-Omni.
"""

from __future__ import annotations

from core.model_files.header import GgufHeader
from core.model_pool.prediction.kv_cache import UBATCH_TOKENS, HeaderKeys

F32_BYTES = 4
GRAPH_BYTES = 10 * 2**20
AUDIO_FRAMES = 1500
"""Positions of 30 s of sound, the most that whisper-type towers see at once."""
COPIES = 2
"""Of the pixels, raw and normalised, and of the embeddings, the tower's and the batch's."""


def media_bytes(header: GgufHeader, mmproj: GgufHeader, image_max_tokens: int) -> int:
    """Bytes of the towers in `mmproj` that serve the language model `header`.

    Args:
        image_max_tokens: of the largest picture that they see.
    """
    embeddings = COPIES * (image_max_tokens + UBATCH_TOKENS) * _entry_width(header) * F32_BYTES
    return tower_bytes(mmproj, image_max_tokens) + embeddings + GRAPH_BYTES


def tower_bytes(mmproj: GgufHeader, image_max_tokens: int) -> int:
    """The part of it that a GPU takes over: weights, and the work on the largest input."""
    work = max(_seeing_bytes(mmproj, image_max_tokens), _hearing_bytes(mmproj))
    return mmproj.weights_bytes + work


def _seeing_bytes(mmproj: GgufHeader, image_max_tokens: int) -> int:
    tower = HeaderKeys(mmproj.metadata, "clip.vision")
    patches = image_max_tokens * (tower.number("spatial_merge_size") or 2) ** 2
    pixels = COPIES * patches * 3 * tower.number("patch_size") ** 2
    # Attention in windows is attention to everything behind a mask.
    mask = patches**2 if tower.number("n_wa_pattern") else 0
    return (patches * _activations(mmproj, tower) + mask + pixels) * F32_BYTES


def _hearing_bytes(mmproj: GgufHeader) -> int:
    tower = HeaderKeys(mmproj.metadata, "clip.audio")
    return AUDIO_FRAMES * _activations(mmproj, tower) * F32_BYTES


def _activations(mmproj: GgufHeader, tower: HeaderKeys) -> int:
    """Floats alive at once for one position: Q, K, V, input, residual, output and the MLP."""
    gated = any(tensor.name == "v.blk.0.ffn_gate.weight" for tensor in mmproj.tensors)
    return 6 * tower.width + (2 if gated else 1) * tower.number("feed_forward_length")


def _entry_width(header: GgufHeader) -> int:
    """Floats of one token that enters the language model, at its bottom and further up."""
    keys = HeaderKeys(header.metadata, header.architecture)
    return keys.width * (1 + keys.number("n_deepstack_layers"))
