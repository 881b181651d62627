"""What the default models will take, predicted from published sizes and dimensions.

Predictions, not measurements: none of these files is read. They are what `max_memory_mb` in
config/sarai.yaml rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.report import Figure, run
from core.model_files.header import GgufHeader, LongArray, TensorInfo
from core.model_pool.prediction.footprint import predict_footprint
from core.settings import load_settings

BYTES_PER_GB = 10**9
VISION = "clip.vision."
AUDIO = "clip.audio."


@dataclass(frozen=True, slots=True)
class Published:
    """A model as its repository describes it. Source: file lists and config.json there."""

    model: str
    weights_gb: float
    width: int
    feed_forward: int
    layers: int
    heads: int
    kv_heads: int | tuple[int, ...]
    head_width: int
    vocabulary: int
    causal: bool = True
    merges: int = 0
    deepstack_layers: int = 0
    gated: bool = False
    towers_gb: float = 0.0
    towers: dict[str, Any] = field(default_factory=dict)


LFM2_KV_HEADS = tuple(8 if layer in {2, 5, 8, 10, 12, 14} else 0 for layer in range(16))
MODELS = (
    Published("solar_gguf", 6.46, 4096, 14336, 48, 32, 8, 128, 32_000),
    Published("lfm2_1_2b", 0.73, 2048, 8192, 16, 32, LFM2_KV_HEADS, 64, 65_536, merges=63_683),
    Published(
        *("qwen_omni_3b", 2.10, 2048, 11008, 36, 16, 2, 128, 151_936),
        merges=151_387,
        gated=True,
        towers_gb=1.54,
        towers={
            f"{VISION}embedding_length": 1280,
            f"{VISION}feed_forward_length": 3420,
            f"{VISION}patch_size": 14,
            f"{VISION}n_wa_pattern": 8,
            f"{AUDIO}embedding_length": 1280,
            f"{AUDIO}feed_forward_length": 5120,
        },
    ),
    Published(
        *("qwen3_vl_4b", 2.50, 2560, 9728, 36, 32, 8, 128, 151_936),
        merges=151_387,
        deepstack_layers=3,
        towers_gb=0.45,
        towers={
            f"{VISION}embedding_length": 1024,
            f"{VISION}feed_forward_length": 4096,
            f"{VISION}patch_size": 16,
        },
    ),
    Published("embeddinggemma_300m", 0.33, 768, 1152, 24, 3, 1, 256, 262_144, causal=False),
)


def measure() -> Sequence[Figure]:
    """MiB of each default model in its configured context, held against its max_memory_mb."""
    settings = load_settings()
    figures = []
    for published in MODELS:
        model = settings.models[published.model]
        footprint = predict_footprint(
            _language_model(published),
            _towers(published) if published.towers else None,
            context_tokens=model.context_length,
            embeddings=model.embeddings,
            image_max_tokens=settings.media.image_max_tokens,
        )
        limit_mb = model.max_memory_mb or 0
        goal, met = f"<= {limit_mb}", footprint.total_mb <= limit_mb
        parts: dict[str, float | str] = {"parts": str(footprint)}
        name = f"{published.model}, predicted, {model.context_length} tokens of context"
        figures.append(Figure(name, footprint.total_mb, "MiB", goal, met, peers=parts))
    return figures


def _language_model(published: Published) -> GgufHeader:
    prefix = "published."
    metadata: dict[str, Any] = {
        f"{prefix}block_count": published.layers,
        f"{prefix}embedding_length": published.width,
        f"{prefix}feed_forward_length": published.feed_forward,
        f"{prefix}attention.head_count": published.heads,
        f"{prefix}attention.head_count_kv": published.kv_heads,
        f"{prefix}attention.key_length": published.head_width,
        f"{prefix}attention.value_length": published.head_width,
        f"{prefix}attention.causal": published.causal,
        f"{prefix}n_deepstack_layers": published.deepstack_layers,
    }
    metadata["tokenizer.ggml.tokens"] = LongArray(published.vocabulary)
    metadata["tokenizer.ggml.merges"] = LongArray(published.merges)
    embedding = TensorInfo("token_embd.weight", (published.width, published.vocabulary), "", 0, 0)
    return _header("published", metadata, published.weights_gb, embedding)


def _towers(published: Published) -> GgufHeader:
    gates = [TensorInfo("v.blk.0.ffn_gate.weight", (1,), "", 0, 0)] if published.gated else []
    return _header("clip", published.towers, published.towers_gb, *gates)


def _header(
    architecture: str, metadata: dict[str, Any], size_gb: float, *tensors: TensorInfo
) -> GgufHeader:
    size_bytes = round(size_gb * BYTES_PER_GB)
    weights = TensorInfo("all", (size_bytes,), "", 0, size_bytes)
    return GgufHeader(Path("published"), architecture, metadata, (*tensors, weights), size_bytes)


if __name__ == "__main__":
    run("memory_prediction", measure)
