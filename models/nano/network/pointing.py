"""A loss that teaches one head of attention where to look; for training only."""

from __future__ import annotations

import torch
from torch import Tensor

from models.nano.network.language import LanguageTower, rotated

HEAD = 0
"""Of the layer; it reads the keys of group 0."""


def pointing_loss(
    tower: LanguageTower,
    layer: int,
    x: Tensor,
    *,
    positions: Tensor | None,
    looking: tuple[Tensor, Tensor],
    allowed: Tensor,
    wanted: Tensor,
) -> Tensor:
    """Cross entropy of attention with equal shares for all that is wanted.

    Args:
        x: what enters `layer`, of shape (batch, tokens, width).
        positions: as `LanguageTower.forward` takes them.
        looking: rows and places of n tokens that look.
        allowed: (n, tokens), where each may look.
        wanted: (n, tokens), where each should; at least one is allowed.
    """
    block = tower.blocks[layer]
    size = block.config.head_width
    angles = tower.angles(x, positions)
    cosines, sines = (each[:, 0].expand(len(x), -1, -1) for each in angles)
    h = block.attention_norm(x)
    first = slice(HEAD * size, (HEAD + 1) * size)
    query = rotated(block.query_norm(block.query(h)[..., first]), cosines, sines)[looking]
    key = rotated(block.key_norm(block.key(h)[..., :size]), cosines, sines)[looking[0]]
    scores = torch.einsum("nd,ntd->nt", query.float(), key.float()) * size**-0.5
    logs = scores.masked_fill(~allowed, -1e4).log_softmax(-1)
    shares = wanted / wanted.sum(-1, keepdim=True)
    return -(logs * shares).sum(-1).mean()
