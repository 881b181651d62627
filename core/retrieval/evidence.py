"""What each stage of a search says of the passages, and the order that it all comes to.

Owns the scores of one question; knows nothing of how they were found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.retrieval.fusion import Fusion, Scores, fuse
from core.retrieval.passage import Explanation


@dataclass(frozen=True, slots=True)
class Evidence:
    """Scores by passage. `alpha` is the weight of `meaning`; the others share the rest."""

    fusion: Fusion
    alpha: float
    words: Scores
    meaning: Scores
    nearness: Scores = field(default_factory=dict)

    def ranked(self) -> Iterator[tuple[int, float]]:
        """Passages with their scores, best first."""
        fused = fuse(self.fusion, self.meaning, self.words, self.alpha, self.nearness)
        return ((found, fused[found]) for found in best_first(fused))

    def of(self, found: int) -> Explanation:
        """What each stage says of one passage."""
        return Explanation(
            self.words.get(found, 0.0),
            self.meaning.get(found),
            self.alpha,
            self.fusion,
            self.nearness.get(found),
        )


def best_first(scores: Scores) -> list[int]:
    """Passages by their scores, equal ones by their numbers: the order is always the same."""
    return sorted(scores, key=lambda found: (-scores[found], found))
