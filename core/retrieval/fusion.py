"""Lists of scores made one.

Owns the three ways; knows nothing of where the scores come from.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Literal

Fusion = Literal["weighted", "rrf", "dbsf"]
Scores = Mapping[int, float]

# Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion" (2009).
RRF_K = 60

NEARNESS_SHARE = 0.5
"""Of the weight of words; the other half is for those that stand there (ADR 34)."""


def fuse(
    method: Fusion, meaning: Scores, words: Scores, alpha: float, nearness: Scores | None = None
) -> dict[int, float]:
    """One score for each id in any list; `alpha` is the weight of `meaning`, 0 to 1.

    `nearness` is of words too, and where it is known it has half of their weight. A list that
    weighs nothing adds nothing, not even its ids.
    """
    fused: dict[int, float] = {}
    scale_meaning, scale_words = _SCALES[method]
    near = (1 - alpha) * NEARNESS_SHARE if nearness else 0.0
    for scores, weight in (
        (scale_meaning(meaning), alpha),
        (scale_words(words), 1 - alpha - near),
        (scale_words(nearness or {}), near),
    ):
        for found, score in scores.items() if weight else ():
            fused[found] = fused.get(found, 0.0) + weight * score
    return fused


def _from_minimum(cosines: Scores) -> dict[int, float]:
    """To 1 for the best, and 0 for what could not be worse: a cosine of -1.

    Source: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval"
    (2023): the theoretical minimum keeps scores comparable between questions.
    """
    top = max(cosines.values(), default=0.0)
    return {found: (cosine + 1) / ((top + 1) or 1.0) for found, cosine in cosines.items()}


def _of_best(scores: Scores) -> dict[int, float]:
    top = max(scores.values(), default=0.0) or 1.0
    return {found: score / top for found, score in scores.items()}


def _by_rank(scores: Scores) -> dict[int, float]:
    ranked = sorted(scores, key=lambda found: (-scores[found], found))
    return {found: 1 / (RRF_K + rank) for rank, found in enumerate(ranked, start=1)}


def _by_distribution(scores: Scores) -> dict[int, float]:
    """To 0 and 1 at three standard deviations below and above the mean, as Qdrant does."""
    if len(scores) < 2:
        return dict.fromkeys(scores, 0.5)
    mean, spread = statistics.fmean(scores.values()), statistics.stdev(scores.values())
    if spread == 0:
        return dict.fromkeys(scores, 0.5)
    return {
        found: min(1.0, max(0.0, (score - mean + 3 * spread) / (6 * spread)))
        for found, score in scores.items()
    }


_SCALES = {
    "weighted": (_from_minimum, _of_best),
    "rrf": (_by_rank, _by_rank),
    "dbsf": (_by_distribution, _by_distribution),
}
