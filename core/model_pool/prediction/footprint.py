"""How much memory a model will take, predicted from the headers of its files alone.

Owns the arithmetic; knows nothing of the pool and reads no weights. All sizes in MiB.

Copies of conversations and buffers fill up with use, and are counted whole from the start,
so that a pool that was full never overflows later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

from core.engines.llama.cache.saved_states import SAVED_STATES_MB
from core.engines.spec import PARALLEL_REQUESTS, KvCacheType
from core.model_files.header import GgufHeader, LongArray
from core.model_pool.prediction.compute_buffers import compute_bytes
from core.model_pool.prediction.device_memory import DRIVER_MB, DeviceFootprint, offload
from core.model_pool.prediction.kv_cache import cache_bytes
from core.model_pool.prediction.media_memory import media_bytes, tower_bytes

MIB = 1024 * 1024
WORKER_MB = 55.0
"""A worker process without a model: 45 MiB with llama_cpp imported, the rest is what chat
templates, requests and malloc keep."""
TOKEN_BYTES, MERGE_BYTES = 180, 150
"""What llama.cpp keeps of each token of the vocabulary and of each merge: measured 47 MiB for
151,936 tokens with merges, 45 for 262,144 without."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Predicted resident memory of one loaded model, by what takes it.

    `device` is what it takes of GPUs' memory, no part of `total_mb`; None without one. Room to
    compute is counted on both sides, since the machine's share of the work is not known.
    """

    weights_mb: float
    kv_mb: float
    compute_mb: float
    media_mb: float = 0.0
    saved_mb: float = 0.0
    process_mb: float = WORKER_MB
    device: DeviceFootprint | None = None

    @property
    def total_mb(self) -> int:
        """All of it, rounded up to whole MiB."""
        return math.ceil(
            self.weights_mb
            + self.kv_mb
            + self.compute_mb
            + self.media_mb
            + self.saved_mb
            + self.process_mb
        )

    def __str__(self) -> str:
        return (
            f"{self.weights_mb:.0f} weights + {self.kv_mb:.0f} context + "
            f"{self.compute_mb:.0f} compute + {self.media_mb:.0f} media + "
            f"{self.saved_mb:.0f} saved + {self.process_mb:.0f} process = {self.total_mb} MiB"
        )


def predict_footprint(
    header: GgufHeader,
    mmproj_header: GgufHeader | None = None,
    *,
    context_tokens: int,
    embeddings: bool = False,
    cache_type: KvCacheType = "f16",
    image_max_tokens: int = 1280,
    gpu_layers: int = 0,
    gpus: int = 1,
    unified: bool = False,
    swa_full: bool = True,
    parallel: int = PARALLEL_REQUESTS,
) -> Footprint:
    """Predict what `header`'s model takes with a context of `context_tokens`.

    Args:
        embeddings: opened for embeddings, so the whole context is one batch.
        cache_type: the numbers in which the context is kept.
        image_max_tokens: the largest picture that the media tower of `mmproj_header` sees.
        gpu_layers: how many are moved to GPUs, -1 for all.
        gpus: over how many; each needs room to compute, and a driver's share.
        unified: what they hold is the machine's memory, so that nothing leaves that.
        swa_full: llama.cpp's default: layers with a sliding window keep the whole context,
            which prefix reuse needs. False: they keep their window and one batch.
        parallel: requests that are answered at once. They share the context's cache; only
            scores and recurrent states are each one's own.
    """
    answers = 1 if embeddings else parallel
    kv_from = partial(
        cache_bytes,
        header,
        context_tokens,
        swa_full=swa_full,
        cache_type=cache_type,
        sequences=answers,
    )
    compute = compute_bytes(header, context_tokens, embeddings=embeddings, answers=answers)
    media = media_bytes(header, mmproj_header, image_max_tokens) if mmproj_header else 0
    kv_mb = kv_from() / MIB
    footprint = Footprint(
        weights_mb=header.weights_bytes / MIB,
        kv_mb=kv_mb,
        compute_mb=compute / MIB,
        media_mb=media / MIB,
        # As many tokens as one context, and no more than the limit.
        saved_mb=0.0 if embeddings else min(SAVED_STATES_MB, kv_mb),
        process_mb=_process_mb(header),
    )
    moved = offload(header, gpu_layers)
    if moved is None:
        return footprint
    tower = tower_bytes(mmproj_header, image_max_tokens) if mmproj_header else 0
    device = DeviceFootprint(
        weights_mb=moved.moved_bytes / MIB,
        kv_mb=kv_from(first_layer=moved.first_layer) / MIB,
        compute_mb=gpus * compute / MIB,
        media_mb=tower / MIB,
        driver_mb=gpus * DRIVER_MB,
    )
    if unified:
        return replace(footprint, device=device)
    return _split(footprint, device, left_mb=moved.left_bytes / MIB)


def _split(whole: Footprint, device: DeviceFootprint, *, left_mb: float) -> Footprint:
    """What stays on the machine when `left_mb` of the weights have left it."""
    return replace(
        whole,
        weights_mb=whole.weights_mb - left_mb,
        kv_mb=whole.kv_mb - device.kv_mb,
        media_mb=whole.media_mb - device.media_mb,
        device=device,
    )


def _process_mb(header: GgufHeader) -> float:
    tokens, merges = header.vocabulary_size, _length(header, "tokenizer.ggml.merges")
    return WORKER_MB + (tokens * TOKEN_BYTES + merges * MERGE_BYTES) / MIB


def _length(header: GgufHeader, key: str) -> int:
    value = header.metadata.get(key)
    if isinstance(value, LongArray):
        return value.length
    return len(value) if isinstance(value, tuple) else 0
