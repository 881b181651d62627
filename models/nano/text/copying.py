"""Gives an untrained tower the circuit that copies: what followed this word the last time?

Such a circuit ("induction head") forms by itself, after more tokens than two cores can
afford. Here it is only where training begins: layer 0 writes sketches of each token and of
the one before it, and a head of layer 1 looks for places whose previous token is this one.
Knows nothing of data.
"""

from __future__ import annotations

import torch
from torch import Tensor

from models.nano.network.language import LanguageBlock, LanguageTower

CONSTANT = 0.16  # in channel 0 of every embedding: what a head of positions alone can read
SHARPNESS = 1.6
FAST_PAIRS = 2
SLOWEST_TURN = 0.006  # rad a token: pairs slower than this still match across a passage
VOTE = 2.5


def seed_copying(tower: LanguageTower) -> None:
    """Overwrite parts of the first two layers and of the embeddings."""
    config = tower.config
    size = config.head_width
    width = config.width
    own, previous = width - 2 * size, width - size
    if config.layers < 2 or own < size + 1 or config.kv_heads < 2:
        raise ValueError("too small for two sketches")
    shared_by = config.heads // config.kv_heads
    with torch.no_grad():
        tower.embedding.weight[:, 0] = CONSTANT
        first, second = tower.blocks[0], tower.blocks[1]
        first.output.weight[own:] = 0
        first.down.weight[own:] = 0
        frequencies = config.rope_base ** (-torch.arange(size // 2).float() / (size // 2))
        _attend_at(first, frequencies, distance=1, head=0, kv_head=0)
        _attend_at(first, frequencies, distance=0, head=shared_by, kv_head=1)
        _carry(first, source=1, target=previous, head=0, kv_head=0, gain=1.0)
        _carry(first, source=1, target=own, head=shared_by, kv_head=1, gain=1.0)
        slow = [i for i in range(size) if frequencies[i % (size // 2)] <= SLOWEST_TURN]
        _rows(second.query.weight, 0, size)[:] = 0
        _rows(second.key.weight, 0, size)[:] = 0
        for number, channel in enumerate(slow):
            second.query.weight[channel, own + number] = 1
            second.key.weight[channel, previous + number] = 1
        _carry(second, source=own, target=1, head=0, kv_head=0, gain=VOTE)


def _rows(weight: Tensor, head: int, size: int) -> Tensor:
    return weight[head * size : (head + 1) * size]


def _attend_at(
    block: LanguageBlock, frequencies: Tensor, *, distance: int, head: int, kv_head: int
) -> None:
    """The head looks at the token `distance` places back, whatever the tokens are."""
    size, half = block.config.head_width, block.config.head_width // 2
    query = _rows(block.query.weight, head, size)
    key = _rows(block.key.weight, kv_head, size)
    query[:] = 0
    key[:] = 0
    for pair in range(FAST_PAIRS):
        turn = frequencies[pair] * distance
        query[pair, 0] = 1
        key[pair, 0] = turn.cos()
        key[half + pair, 0] = turn.sin()
        for channel in (pair, half + pair):
            block.query_norm.weight[channel] = SHARPNESS


def _carry(
    block: LanguageBlock, *, source: int, target: int, head: int, kv_head: int, gain: float
) -> None:
    """What the head sees in the channels from `source` is added to those from `target`."""
    size = block.config.head_width
    value = _rows(block.value.weight, kv_head, size)
    value[:] = 0
    value[:, source : source + size] = torch.eye(size)
    columns = block.output.weight[:, head * size : (head + 1) * size]
    columns[:] = 0
    columns[target : target + size] = torch.eye(size) * gain
