"""How many threads each running model may use.

Owns the share: models in use divide the cores evenly, each has at least one. Threads of two
models on one core wait for one another at every step; with more threads than cores a tiny
model fell from 2379 to 594 tokens a second, and to 48 when they spun while waiting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from core.model_pool.scheduling.effects import SetThreads
from core.model_pool.scheduling.records import Loaded


def shares(in_use: Collection[Loaded], cores: int) -> Iterator[SetThreads]:
    """Who has to be told of a new share."""
    share = max(1, cores // max(1, len(in_use)))
    for model in in_use:
        if model.threads != share:
            model.threads = share
            yield SetThreads(model, share)
