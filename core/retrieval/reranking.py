"""Passages in the order of a cross-encoder, where there is one and it is quick enough.

Owns the deadline and the way back to the order of the search; knows nothing of stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.clock import Clock
from core.errors import ModelError
from core.model_pool import ModelPool
from core.retrieval.passage import Passage

MAX_RERANKED = 20


def rerank(
    query: str, passages: Sequence[Passage], pool: ModelPool, clock: Clock
) -> tuple[list[Passage], str]:
    """The passages, best first, and why they are as the search left them, if they are.

    The first 20 are scored; all of them in time, or none: half an order would be none.
    """
    settings = pool.settings.retrieval
    if settings.rerank_model is None or not passages:
        return list(passages), ""
    first, rest = passages[:MAX_RERANKED], passages[MAX_RERANKED:]
    give_up_s = clock.now_s() + settings.rerank_timeout_s
    scored: list[Passage] = []
    try:
        with pool.lease(settings.rerank_model) as engine:
            for passage in first:
                if clock.now_s() >= give_up_s:
                    return list(passages), (
                        f"Not reranked: {settings.rerank_model} took more than "
                        f"{settings.rerank_timeout_s:g} s."
                    )
                score = float(engine.rerank(query, [passage.text])[0])
                scored.append(replace(passage, score=score))
    except ModelError as error:
        return list(passages), f"Not reranked: {error.message}"
    return [*sorted(scored, key=lambda passage: -passage.score), *rest], ""
