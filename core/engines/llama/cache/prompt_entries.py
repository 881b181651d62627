"""What a prompt is made of, as the KV cache sees it: tokens and media, one after the other.

Owns the comparison of prompts and their measures; knows nothing of models. A medium is one
entry, however many tokens it takes: it is reused whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile


@dataclass(frozen=True, slots=True)
class Media:
    """One encoded piece of a picture or recording; equal when its evaluation would be.

    Args:
        digest: of the pixels or samples that it was made from.
        piece: which piece of that medium, for towers that cut media into several.
        tokens: cells of the KV cache that it takes.
        positions: by how much the next position moves on. Fewer than `tokens` under M-RoPE,
            where a picture is as long as its longer side.
        chunk: where it lies in its own prompt; the same medium may lie elsewhere in another.
    """

    digest: bytes
    piece: int
    tokens: int
    positions: int
    chunk: int = field(compare=False)


Entry = int | Media


def common_prefix(cached: Sequence[Entry], prompt: Sequence[Entry]) -> int:
    """How many entries both begin with."""
    pairs = zip(cached, prompt, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def tokens_in(entries: Sequence[Entry]) -> int:
    """Cells of the KV cache that `entries` take."""
    return sum(entry.tokens if isinstance(entry, Media) else 1 for entry in entries)


def positions_in(entries: Sequence[Entry]) -> int:
    """The position that follows `entries`."""
    return sum(entry.positions if isinstance(entry, Media) else 1 for entry in entries)
