"""The text tower of the nano family: Qwen3 with interleaved M-RoPE, in plain torch.

Follows llama.cpp's graphs (src/models/qwen3.cpp and qwen3vl.cpp). Where all three rows of
the positions are equal, as in text, M-RoPE is ordinary RoPE: one tower serves both.
Knows nothing of pictures, sounds, tokenizers or files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812  as everybody writes it
from torch import Tensor, nn


@dataclass(frozen=True)
class LanguageConfig:
    """Dimensions of a tower.

    `rope_sections` must sum to half of `head_width`; with equal thirds every rotary pair
    belongs to time, height or width and none to ggml's fourth section.
    """

    vocabulary: int
    width: int = 192
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    head_width: int = 48
    feed_forward: int = 512
    rope_base: float = 10_000.0
    norm_epsilon: float = 1e-6
    rope_sections: tuple[int, int, int, int] = (8, 8, 8, 0)

    def __post_init__(self) -> None:
        if sum(self.rope_sections) * 2 != self.head_width:
            raise ValueError(f"{self.rope_sections} do not cover half of {self.head_width}")


class RmsNorm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        # In one precision: torch has a fused kernel for that only.
        return F.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.epsilon)


def rotated(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Rotary embedding in the order of GPT-NeoX: the two halves of a head form the pairs."""
    first, second = x.chunk(2, -1)
    cosines, sines = cosines.to(x.dtype), sines.to(x.dtype)
    return torch.cat((first * cosines - second * sines, second * cosines + first * sines), -1)


def attended(query: Tensor, key: Tensor, value: Tensor, added: Tensor | None) -> Tensor:
    """Scaled dot-product attention; `added` to the scores is 0 or a large negative number.

    Plain products: on a CPU they train 1.8 times (230 tokens, with a mask) to 3.5 times (144
    patches) as fast as torch's fused kernel.
    """
    if query.device.type != "cpu":
        return F.scaled_dot_product_attention(query, key, value, attn_mask=added)
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if added is not None:
        scores = scores + added
    return scores.softmax(-1).to(value.dtype) @ value


class LanguageBlock(nn.Module):
    """One layer: grouped-query attention with normed queries and keys, gated feed-forward."""

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.config = config
        width, head_width = config.width, config.head_width
        self.attention_norm = RmsNorm(width, config.norm_epsilon)
        self.query_norm = RmsNorm(head_width, config.norm_epsilon)
        self.key_norm = RmsNorm(head_width, config.norm_epsilon)
        self.query = nn.Linear(width, config.heads * head_width, bias=False)
        self.key = nn.Linear(width, config.kv_heads * head_width, bias=False)
        self.value = nn.Linear(width, config.kv_heads * head_width, bias=False)
        self.output = nn.Linear(config.heads * head_width, width, bias=False)
        self.feed_norm = RmsNorm(width, config.norm_epsilon)
        self.gate = nn.Linear(width, config.feed_forward, bias=False)
        self.up = nn.Linear(width, config.feed_forward, bias=False)
        self.down = nn.Linear(config.feed_forward, width, bias=False)

    def forward(self, x: Tensor, cosines: Tensor, sines: Tensor, hidden: Tensor) -> Tensor:
        """`hidden` is added to the scores of attention."""
        x = x + self._attended(self.attention_norm(x), cosines, sines, hidden)
        h = self.feed_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))

    def _attended(self, h: Tensor, cosines: Tensor, sines: Tensor, hidden: Tensor) -> Tensor:
        config = self.config
        query = rotated(self.query_norm(self._heads(self.query(h))), cosines, sines)
        key = rotated(self.key_norm(self._heads(self.key(h))), cosines, sines)
        value = self._heads(self.value(h))
        shared_by = config.heads // config.kv_heads
        key = key.repeat_interleave(shared_by, 1)
        value = value.repeat_interleave(shared_by, 1)
        mixed = attended(query, key, value, hidden.to(query.dtype))
        return self.output(mixed.transpose(1, 2).flatten(2))

    def _heads(self, x: Tensor) -> Tensor:
        """(batch, tokens, heads * head_width) to (batch, heads, tokens, head_width)."""
        return x.unflatten(-1, (-1, self.config.head_width)).transpose(1, 2)


class LanguageTower(nn.Module):
    """From token numbers to hidden states; the embeddings are also the output weights."""

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(LanguageBlock(config) for _ in range(config.layers))
        self.norm = RmsNorm(config.width, config.norm_epsilon)
        self._initialise()

    def _initialise(self) -> None:
        """Unit variance through every layer; what is added to the stream is scaled down."""
        nn.init.normal_(self.embedding.weight, std=0.02)
        for block in self.blocks:
            for linear in (m for m in block.modules() if isinstance(m, nn.Linear)):
                nn.init.normal_(linear.weight, std=linear.in_features**-0.5)
            for linear in (block.output, block.down):
                linear.weight.data *= (2 * self.config.layers) ** -0.5

    def forward(
        self,
        embeddings: Tensor,
        positions: Tensor | None = None,
        mask: Tensor | None = None,
        *,
        media_at: tuple[Tensor, Tensor] | None = None,
        deepstack: Sequence[Tensor] = (),
        passing: list[Tensor] | None = None,
    ) -> Tensor:
        """Hidden states after the last norm, of shape (batch, tokens, width).

        Args:
            embeddings: (batch, tokens, width), as `self.embedding` gives them; media entries
                are already in their places.
            positions: (3, batch, tokens) of time, height and width; None for plain text.
            mask: True where a token may look, broadcastable to (batch, heads, tokens,
                tokens); None is causal.
            media_at: rows and columns of the media entries.
            deepstack: added to the media entries after the first layers, one per layer; each
                of shape (entries, width).
            passing: gets what enters each layer, for training.
        """
        cosines, sines = self.angles(embeddings, positions)
        hidden = _hidden(mask, embeddings)
        x = embeddings
        for number, block in enumerate(self.blocks):
            if passing is not None:
                passing.append(x)
            x = block(x, cosines, sines, hidden)
            if number < len(deepstack):
                added = deepstack[number].to(x.dtype)
                x = x.index_put(media_at, added, accumulate=True)
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.embedding.weight)

    def angles(self, embeddings: Tensor, positions: Tensor | None) -> tuple[Tensor, Tensor]:
        """Cosines and sines of interleaved M-RoPE, (batch or 1, 1, tokens, head_width / 2)."""
        config, half = self.config, self.config.head_width // 2
        device = embeddings.device
        frequencies = config.rope_base ** (-torch.arange(half, device=device).float() / half)
        if positions is None:
            turns = torch.arange(embeddings.shape[1], device=device).float()
            angles = (turns[:, None] * frequencies)[None]
        else:
            axis = torch.zeros(half, dtype=torch.long, device=device)
            for number in (1, 2):
                axis[number : 3 * config.rope_sections[number] : 3] = number
            angles = positions.float()[axis].permute(1, 2, 0) * frequencies
        return angles.cos()[:, None], angles.sin()[:, None]


def _hidden(mask: Tensor | None, embeddings: Tensor) -> Tensor:
    """What is added to scores: a large negative number where a token may not look."""
    if mask is None:
        tokens = embeddings.shape[1]
        mask = torch.ones(tokens, tokens, dtype=torch.bool, device=embeddings.device).tril()
    return torch.zeros_like(mask, dtype=torch.bfloat16).masked_fill(~mask, -1e4)
