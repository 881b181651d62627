"""Which memory comes first: what is alike, what is recent, what was as hard.

Owns the weights; knows nothing of how memories are found or kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.memory.record import Remembered

# Source: the retrieval score of seed 004's origin: .7 similarity, .2 exp(-days / 30), .1 nearness
# of difficulty.
SIMILARITY_WEIGHT, RECENCY_WEIGHT, DIFFICULTY_WEIGHT = 0.7, 0.2, 0.1
RECENCY_DAYS = 30.0
UNKNOWN_NEARNESS = 0.5  # of a difficulty that one side does not tell

NEIGHBOUR_WEIGHT = 0.5
"""How much the better of what was said right before and after counts, next to the turn's own."""

OVER_WEIGHT = 0.5
"""A fact that is no longer true keeps so much of its score."""

SECONDS_PER_DAY = 86_400.0


def with_neighbours(
    scores: Mapping[int, float], neighbours: Mapping[int, Sequence[int]]
) -> dict[int, float]:
    """Similarities, 1 for the best: each score with a share of that of its better neighbour.

    Turns that were not found themselves come in by their neighbours.
    """
    around = {each for own in scores for each in neighbours.get(own, ())}
    best_beside: dict[int, float] = {}
    for own, beside in neighbours.items():
        for each in beside:
            best_beside[each] = max(best_beside.get(each, 0.0), scores.get(own, 0.0))
    summed = {
        each: scores.get(each, 0.0) + NEIGHBOUR_WEIGHT * best_beside.get(each, 0.0)
        for each in {*scores, *around}
    }
    best = max(summed.values(), default=0.0) or 1.0
    return {each: score / best for each, score in summed.items()}


def with_successors(
    similarities: Mapping[int, float], records: Mapping[int, Remembered]
) -> dict[int, float]:
    """A fact that took another's place is at least as like the question as that one."""
    raised = dict(similarities)
    for each, similarity in similarities.items():
        later = records[each].superseded_by
        while later is not None and later in records:
            raised[later] = max(raised.get(later, 0.0), similarity)
            later = records[later].superseded_by
    return raised


def ranked(
    similarities: Mapping[int, float],
    records: Mapping[int, Remembered],
    *,
    now: datetime,
    difficulty: float | None = None,
) -> list[tuple[int, float]]:
    """Ids with their scores, best first. No fact that is over stands above what took its place."""
    scores = {
        each: _score(records[each], similarity, now, difficulty)
        for each, similarity in similarities.items()
    }
    newest_first = sorted(scores, key=lambda each: (records[each].valid_from or now, each))[::-1]
    for each in newest_first:  # so that what took a fact's place is scored before it
        record = records[each]
        if record.is_over(now):
            successor = scores.get(record.superseded_by or 0, scores[each])
            scores[each] = OVER_WEIGHT * min(scores[each], successor)
    return sorted(scores.items(), key=lambda pair: (-pair[1], -pair[0]))


def _score(record: Remembered, similarity: float, now: datetime, difficulty: float | None) -> float:
    days = max(0.0, (now - record.said_at).total_seconds()) / SECONDS_PER_DAY
    nearness = UNKNOWN_NEARNESS
    if difficulty is not None and record.difficulty is not None:
        nearness = 1.0 - abs(difficulty - record.difficulty)
    return (
        SIMILARITY_WEIGHT * similarity
        + RECENCY_WEIGHT * math.exp(-days / RECENCY_DAYS)
        + DIFFICULTY_WEIGHT * nearness
    )
