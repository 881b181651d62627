"""How much memory a model will take, predicted from the headers of its files alone.

Owns the arithmetic; knows nothing of the pool and reads no weights. All sizes in MiB.

The compute term is the activations of one batch and the scores of one token for each request
that is answered at once, since that is all a worker asks for: with room for a whole batch's
scores llama.cpp's own log gave 294 MiB in place of 0.6 each for a vocabulary of 150,000.
Copies of conversations fill up with use, and are counted whole from the start, so that a pool
that was full never overflows later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.engines.llama.saved_states import SAVED_STATES_MB
from core.engines.protocol import PARALLEL_REQUESTS
from core.model_files.header import GgufHeader
from core.model_pool.kv_cache import UBATCH_TOKENS, HeaderKeys, cache_bytes

MIB = 1024 * 1024
F32_BYTES = 4
GRAPH_MB = 10.0
WORKER_MB = 60.0
"""A worker process without a model: 42 MiB with llama_cpp imported, the rest is what malloc
keeps (measured on two x86-64 cores: 48 to 93 MiB after a model was closed)."""
AUDIO_FRAMES = 1500
"""Positions of 30 s of sound, the most that whisper-type towers see at once."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Predicted resident memory of one loaded model, by what takes it."""

    weights_mb: float
    kv_mb: float
    compute_mb: float
    media_mb: float = 0.0
    saved_mb: float = 0.0
    worker_mb: float = WORKER_MB

    @property
    def total_mb(self) -> int:
        """All of it, rounded up to whole MiB."""
        return math.ceil(
            self.weights_mb
            + self.kv_mb
            + self.compute_mb
            + self.media_mb
            + self.saved_mb
            + self.worker_mb
        )

    def __str__(self) -> str:
        return (
            f"{self.weights_mb:.0f} weights + {self.kv_mb:.0f} context + "
            f"{self.compute_mb:.0f} compute + {self.media_mb:.0f} media + "
            f"{self.saved_mb:.0f} saved + {self.worker_mb:.0f} process = {self.total_mb} MiB"
        )


def predict_footprint(
    header: GgufHeader,
    mmproj_header: GgufHeader | None = None,
    *,
    context_tokens: int,
    embeddings: bool = False,
    image_max_tokens: int = 1280,
    swa_full: bool = True,
    parallel: int = PARALLEL_REQUESTS,
) -> Footprint:
    """Predict what `header`'s model takes with a context of `context_tokens`.

    Args:
        embeddings: opened for embeddings, so the whole context is one batch without logits.
        image_max_tokens: the largest picture that the media tower of `mmproj_header` sees.
        swa_full: llama.cpp's default: layers with a sliding window keep the whole context,
            which prefix reuse needs. False: they keep their window and one batch.
        parallel: requests that are answered at once. They share the context's cache; only
            scores and recurrent states are each one's own.
    """
    sequences = 1 if embeddings else parallel
    cached = cache_bytes(header, context_tokens, swa_full=swa_full, sequences=sequences)
    kv_mb = cached / MIB
    return Footprint(
        weights_mb=_tensors_mb(header),
        kv_mb=kv_mb,
        compute_mb=_compute_mb(header, context_tokens, embeddings=embeddings, parallel=parallel),
        media_mb=0.0 if mmproj_header is None else _media_mb(mmproj_header, image_max_tokens),
        # As many tokens as one context, and no more than the limit.
        saved_mb=0.0 if embeddings else min(SAVED_STATES_MB, kv_mb),
    )


def _tensors_mb(header: GgufHeader) -> float:
    return sum(tensor.size_bytes for tensor in header.tensors) / MIB


def _compute_mb(
    header: GgufHeader, context_tokens: int, *, embeddings: bool, parallel: int
) -> float:
    """Activations of one batch, and the scores of one token per answer of a chat model."""
    keys = HeaderKeys(header.metadata, header.architecture)
    batch_tokens = context_tokens if embeddings else min(UBATCH_TOKENS, context_tokens)
    activations = 4 * keys.width + 2 * keys.number("feed_forward_length")
    scores = 0 if embeddings else parallel * _vocabulary(header, keys.width)
    return (batch_tokens * activations + scores) * F32_BYTES / MIB + GRAPH_MB


def _vocabulary(header: GgufHeader, width: int) -> int:
    """Entries of the vocabulary: rows of the embedding, whatever order its shape has."""
    sizes = [math.prod(t.shape) for t in header.tensors if t.name == "token_embd.weight"]
    return sizes[0] // width if sizes and width else 0


def _media_mb(mmproj: GgufHeader, image_max_tokens: int) -> float:
    """A tower's weights and the activations of its largest input, flash attention on."""
    vision = HeaderKeys(mmproj.metadata, "clip.vision")
    audio = HeaderKeys(mmproj.metadata, "clip.audio")
    merge = vision.number("spatial_merge_size") or 2
    floats = max(
        image_max_tokens * merge**2 * _activations(vision), AUDIO_FRAMES * _activations(audio)
    )
    return _tensors_mb(mmproj) + floats * F32_BYTES / MIB + GRAPH_MB


def _activations(tower: HeaderKeys) -> int:
    """Floats alive at once for one position: Q, K, V, input, residual, output and the MLP."""
    return 6 * tower.width + tower.number("feed_forward_length")
