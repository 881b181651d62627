"""BM25 over bags of terms.

Owns the ranking; knows nothing of documents or languages.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

# Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009): usual values.
K1 = 1.2
B = 0.75


class Bm25:
    """An index of bags, each known by its position. Immutable, so safe among threads."""

    def __init__(self, bags: Sequence[Counter[str]]) -> None:
        self._size = len(bags)
        lengths = np.array([bag.total() for bag in bags], dtype=np.float64)
        mean = float(lengths.mean()) if self._size else 0.0
        self._norms = K1 * (1 - B + B * lengths / (mean or 1.0))
        postings: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for position, bag in enumerate(bags):
            for term, count in bag.items():
                postings[term][0].append(position)
                postings[term][1].append(count)
        self._postings = {
            term: (np.array(positions, dtype=np.intp), np.array(counts, dtype=np.float64))
            for term, (positions, counts) in postings.items()
        }

    def top(self, terms: Collection[str], count: int) -> list[tuple[int, float]]:
        """The best `count` positions with their scores, best first, none with score 0."""
        scores = np.zeros(self._size)
        for term in set(terms):
            if (posting := self._postings.get(term)) is not None:
                positions, counts = posting
                gain = counts * (K1 + 1) / (counts + self._norms[positions])
                scores[positions] += self._idf(term) * gain
        best = np.argsort(-scores, kind="stable")[:count]
        return [(int(place), float(scores[place])) for place in best if scores[place] > 0]

    def coverage(self, terms: Collection[str]) -> float:
        """How much of the query one bag holds, in [0, 1].

        The share of the query's IDF mass in the best bag, times n / (n + 1) for the n
        terms found there: one word in common says little, and alone gives at most 0.5. A
        word that no bag holds weighs as much as one that a single bag holds.
        """
        wanted = set(terms)
        mass: npt.NDArray[np.float64] = np.zeros(self._size)
        found: npt.NDArray[np.float64] = np.zeros(self._size)
        for term in wanted:
            if (posting := self._postings.get(term)) is not None:
                mass[posting[0]] += self._idf(term)
                found[posting[0]] += 1
        if not found.any():
            return 0.0
        whole = math.fsum(self._idf(term, least_holders=1) for term in wanted)
        return float(np.max(mass / whole * found / (found + 1)))

    def _idf(self, term: str, *, least_holders: int = 0) -> float:
        posting = self._postings.get(term)
        holders = max(least_holders, 0 if posting is None else len(posting[0]))
        return math.log1p((self._size - holders + 0.5) / (holders + 0.5))
