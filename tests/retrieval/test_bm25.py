import math
from collections import Counter

import pytest

from core.retrieval.bm25 import K1, B, Bm25

BAGS = [Counter(words.split()) for words in ("a a b", "a c c c c c", "d", "b c")]


def reference(bag: Counter[str], terms: set[str]) -> float:
    """The published formula, written out."""
    mean = sum(other.total() for other in BAGS) / len(BAGS)
    score = 0.0
    for term in terms:
        holders = sum(term in other for other in BAGS)
        idf = math.log(1 + (len(BAGS) - holders + 0.5) / (holders + 0.5))
        norm = K1 * (1 - B + B * bag.total() / mean)
        score += idf * bag[term] * (K1 + 1) / (bag[term] + norm)
    return score


@pytest.mark.parametrize("terms", [{"a"}, {"a", "b"}, {"c", "d", "z"}])
def test_scores_are_the_published_ones(terms: set[str]) -> None:
    found = dict(Bm25(BAGS).top(terms, 10))
    wanted = {place: reference(bag, terms) for place, bag in enumerate(BAGS)}
    assert found == pytest.approx({place: score for place, score in wanted.items() if score > 0})


def test_best_first_and_no_more_than_asked() -> None:
    ranking = Bm25(BAGS)
    assert [place for place, _ in ranking.top({"a"}, 10)] == [0, 1]
    assert [place for place, _ in ranking.top({"a"}, 1)] == [0]
    assert ranking.top({"z"}, 10) == []
    assert Bm25([]).top({"a"}, 10) == []


def test_coverage() -> None:
    ranking = Bm25(BAGS)
    assert ranking.coverage({"a", "b"}) == pytest.approx(2 / 3)
    assert ranking.coverage({"d"}) == pytest.approx(0.5)
    assert ranking.coverage({"d", "unknown"}) == pytest.approx(0.25)
    assert ranking.coverage(set()) == ranking.coverage({"z"}) == Bm25([]).coverage({"a"}) == 0
