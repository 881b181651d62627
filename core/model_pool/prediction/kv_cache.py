"""How large a model's memory of its context is, from the header of its file.

Owns the arithmetic of the key-value cache and of recurrent states; knows nothing of the
rest of a model's memory.

Source: llama.cpp's cache holds one key and one value row per layer, KV head and cell; a
sliding-window cache holds its window and one batch (`llama_kv_cache_iswa`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.engines.spec import KvCacheType
from core.model_files.header import GgufHeader

UBATCH_TOKENS = 512
"""Tokens that llama.cpp evaluates at once, its default n_ubatch."""
CACHE_STEP_TOKENS = 256
"""llama.cpp rounds the cells of its cache up to a multiple of this."""
F32_BYTES = 4
VALUE_BYTES: Mapping[KvCacheType, float] = {"f16": 2, "q8_0": 34 / 32, "q4_0": 18 / 32}
"""Bytes of one number in the cache; the quantised types keep a scale of 2 bytes for 32."""
ENCODERS = (
    *("bert", "jina-bert-v2", "jina-bert-v3", "nomic-bert", "nomic-bert-moe", "neo-bert"),
    *("eurobert", "modern-bert", "gemma-embedding"),
)
"""Architectures that remember nothing. Source: llama_model::create_memory."""


class HeaderKeys:
    """A header's metadata below one prefix: its architecture's, or a media tower's."""

    def __init__(self, metadata: Mapping[str, object], prefix: str) -> None:
        self._metadata = metadata
        self._prefix = prefix
        self.width = self.number("embedding_length")

    def get(self, key: str) -> object:
        return self._metadata.get(f"{self._prefix}.{key}")

    def numbers(self, key: str) -> list[int]:
        """Whole numbers, one or one per layer; empty when absent or not numbers."""
        value = self.get(key)
        values = value if isinstance(value, tuple) else [value]
        return [max(0, int(each)) for each in values if isinstance(each, int | float)]

    def number(self, key: str) -> int:
        """A whole number; 0 when absent, the largest when there is one per layer."""
        return max(self.numbers(key), default=0)

    def head_width(self, windowed: bool) -> int:
        """Numbers that one KV head keeps per token, its key and its value together."""
        heads = self.number("attention.head_count")
        usual = self.width // heads if heads else 0
        suffix = "_swa" if windowed else ""
        return sum(
            self.number(f"attention.{part}_length{suffix}")
            or self.number(f"attention.{part}_length")
            or usual
            for part in ("key", "value")
        )


def is_encoder(header: GgufHeader) -> bool:
    """Whether the model sees a text once, as a whole, and remembers nothing of it."""
    keys = HeaderKeys(header.metadata, header.architecture)
    return header.architecture in ENCODERS or keys.get("attention.causal") is False


def cache_bytes(
    header: GgufHeader,
    context_tokens: int,
    *,
    swa_full: bool = True,
    cache_type: KvCacheType = "f16",
    sequences: int = 1,
    first_layer: int = 0,
) -> int:
    """Bytes of the key-value cache and of the fixed states of recurrent layers.

    Args:
        first_layer: only this one and those after it count.
        swa_full: layers with a sliding window keep the whole context all the same.
        sequences: how many share the context's cells, each with recurrent states of its own.
    """
    if is_encoder(header):
        return 0
    keys = HeaderKeys(header.metadata, header.architecture)
    cells = _rounded_up(context_tokens)
    window_tokens = keys.number("attention.sliding_window")
    window_cells = cells
    if window_tokens and not swa_full:
        window_cells = min(cells, _rounded_up(window_tokens + UBATCH_TOKENS))
    layers = [each for each in _attention_layers(keys) if each.index >= first_layer]
    recurrent_layers = keys.number("block_count") - first_layer - len(layers)
    cached_values = sum(
        (window_cells if layer.windowed else cells) * layer.cell_values for layer in layers
    )
    cached_bytes = math.ceil(cached_values * VALUE_BYTES[cache_type])
    return cached_bytes + sequences * recurrent_layers * _recurrent_bytes(keys)


@dataclass(frozen=True, slots=True)
class _Layer:
    index: int
    cell_values: int
    windowed: bool


def _attention_layers(keys: HeaderKeys) -> Iterator[_Layer]:
    """The layers that keep keys and values of their own."""
    count = keys.number("block_count")
    heads = _kv_heads(keys, count)
    recurrent_every = keys.number("full_attention_interval")
    own_cache = count - keys.number("attention.shared_kv_layers")
    layers = zip(heads[:own_cache], _windowed(keys, count), strict=False)
    for index, (kv_heads, windowed) in enumerate(layers):
        recurrent = recurrent_every and (index + 1) % recurrent_every
        if kv_heads and not recurrent:
            yield _Layer(index, kv_heads * keys.head_width(windowed), windowed)


def _windowed(keys: HeaderKeys, count: int) -> list[bool]:
    """Per layer, whether a sliding window bounds it; only what the header states counts."""
    pattern = keys.numbers("attention.sliding_window_pattern")
    if len(pattern) != 1:
        return [bool(windowed) for windowed in pattern] or [False] * count
    period = pattern[0]  # every n-th layer sees everything; 0: none does
    return [not period or (index + 1) % period != 0 for index in range(count)]


def _recurrent_bytes(keys: HeaderKeys) -> int:
    """State of one layer without attention: a short convolution or a state space, f32."""
    convolution = max(0, keys.number("shortconv.l_cache") - 1) * keys.width
    inner, state = keys.number("ssm.inner_size"), keys.number("ssm.state_size")
    kernel, groups = keys.number("ssm.conv_kernel"), keys.number("ssm.group_count")
    state_space = max(0, kernel - 1) * (inner + 2 * groups * state) + state * inner
    return (convolution + state_space) * F32_BYTES


def _kv_heads(keys: HeaderKeys, count: int) -> list[int]:
    """Per layer; 0 marks a layer without attention."""
    heads = keys.numbers("attention.head_count_kv") or keys.numbers("attention.head_count")
    return heads * count if len(heads) == 1 else heads


def _rounded_up(tokens: int) -> int:
    return math.ceil(tokens / CACHE_STEP_TOKENS) * CACHE_STEP_TOKENS
