"""BM25 as sparse vectors: a passage's own words, and a share of those around it.

Owns the weights; knows nothing of stores or files. A passage's vector holds how much each
term counts in it, a question's how rare each term is, and their product is the score.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.retrieval.terms import SearchWord, search_words

# Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009): usual values.
K1 = 1.2
B = 0.75
CONTEXT_WEIGHT = 0.7
"""How much the words of the whole section count, next to the passage's own."""

Bag = Counter[int]


@dataclass(frozen=True, slots=True)
class SparseVector:
    """`indices` are terms (32 bits each), ascending; `values` go with them."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MeanLengths:
    """Terms in a passage and in a section, over the whole collection."""

    passage: float
    section: float


def passage_bag(name: str, heading: str, text: str) -> Bag:
    """The terms of a passage, of its headings and of its file's name."""
    words = search_words(f"{name} {heading} {text}")
    return Counter(term for word in words for term in word.terms)


def passage_vector(passage: Bag, section: Bag, means: MeanLengths) -> SparseVector:
    """What a store keeps of a passage."""
    weights = _weights(section, means.section, CONTEXT_WEIGHT)
    for term, weight in _weights(passage, means.passage, 1.0).items():
        weights[term] = weights.get(term, 0.0) + weight
    return _vector(weights)


def query_vector(
    words: Iterable[SearchWord], holders: Mapping[int, int], passages: int
) -> SparseVector:
    """What a store is asked for: the rarity of each term that any passage holds.

    `holders` tells in how many of all `passages` a term stands.
    """
    terms = {term for word in words for term in word.terms if holders.get(term)}
    return _vector({term: rarity(holders[term], passages) for term in terms})


def rarity(holders: int, passages: int) -> float:
    """The inverse document frequency of BM25, never negative."""
    return math.log1p((passages - holders + 0.5) / (holders + 0.5))


def word_rarity(word: SearchWord, holders: Mapping[int, int], passages: int) -> float:
    """As `rarity`; a word that no passage holds is as rare as one that a single one holds."""
    return rarity(max(1, *(holders.get(term, 0) for term in word.terms)), passages)


def coverage(
    words: Collection[SearchWord],
    bag: Bag,
    holders: Mapping[int, int],
    passages: int,
) -> float:
    """How much of a question one passage holds, in [0, 1].

    The share of the question's rarity, times n / (n + 1) for the n words found there: one word
    in common says little, and alone gives at most 0.5.
    """
    wanted = _rarities(words, holders, passages)
    found = _held(wanted, bag)
    if not found:
        return 0.0
    return math.fsum(found) / math.fsum(wanted.values()) * len(found) / (len(found) + 1)


def likelihood(
    words: Collection[SearchWord],
    bags: Iterable[Bag],
    holders: Mapping[int, int],
    passages: int,
) -> float:
    """How likely it is that one of `bags` is of a passage that a question is about, in [0, 1].

    Each word weighs its rarity, but at least half of that of a word that only one passage holds:
    what stands everywhere is what the documents are about. The root of the share of the question
    in the best of `bags`, since much of a question is said in other words, times m / (m + r): m
    is what was found there, and r a word of one passage, which alone gives at most 0.5.
    """
    rarest = rarity(1, passages)
    rarities = _rarities(words, holders, passages)
    wanted = {word: max(mass, rarest / 2) for word, mass in rarities.items()}
    best = max((math.fsum(_held(wanted, bag)) for bag in bags), default=0.0)
    if not best:
        return 0.0
    return math.sqrt(best / math.fsum(wanted.values())) * best / (best + rarest)


def _rarities(
    words: Iterable[SearchWord], holders: Mapping[int, int], passages: int
) -> dict[SearchWord, float]:
    return {word: word_rarity(word, holders, passages) for word in words}


def _held(wanted: Mapping[SearchWord, float], bag: Bag) -> list[float]:
    """The rarity of each word that is in `bag`."""
    return [mass for word, mass in wanted.items() if any(term in bag for term in word.terms)]


def _weights(bag: Bag, mean_length: float, share: float) -> dict[int, float]:
    norm = K1 * (1 - B + B * bag.total() / (mean_length or 1.0))
    return {term: share * count * (K1 + 1) / (count + norm) for term, count in bag.items()}


def _vector(weights: Mapping[int, float]) -> SparseVector:
    terms = sorted(weights)
    return SparseVector(tuple(terms), tuple(weights[term] for term in terms))
