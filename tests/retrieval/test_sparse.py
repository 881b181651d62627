import math
from collections import Counter
from dataclasses import dataclass

import pytest

from core.retrieval.sparse import (
    CONTEXT_WEIGHT,
    K1,
    B,
    Bag,
    MeanLengths,
    SparseVector,
    coverage,
    likelihood,
    passage_bag,
    passage_vector,
    query_vector,
    rarity,
)
from core.retrieval.terms import search_words

TEXTS = ("gato gato perro", "gato lobo lobo lobo lobo lobo", "zorro", "perro lobo")
BAGS = [passage_bag("", "", text) for text in TEXTS]
MEAN = sum(bag.total() for bag in BAGS) / len(BAGS)
HOLDERS = Counter(term for bag in BAGS for term in bag)


def product(one: SparseVector, other: SparseVector) -> float:
    values = dict(zip(other.indices, other.values, strict=True))
    return sum(
        value * values.get(term, 0) for term, value in zip(one.indices, one.values, strict=True)
    )


@dataclass
class Published:
    """The formula of BM25, written out."""

    mean: float

    def score(self, bag: Counter[int], terms: set[int]) -> float:
        total = 0.0
        for term in terms:
            idf = math.log(1 + (len(BAGS) - HOLDERS[term] + 0.5) / (HOLDERS[term] + 0.5))
            norm = K1 * (1 - B + B * bag.total() / self.mean)
            total += idf * bag[term] * (K1 + 1) / (bag[term] + norm) if bag[term] else 0
        return total


@pytest.mark.parametrize("query", ["gato", "gato perro", "lobo zorro nada"])
def test_products_are_the_published_scores_with_a_share_of_the_context(query: str) -> None:
    words = search_words(query)
    terms = {term for word in words for term in word.terms}
    asked = query_vector(words, HOLDERS, len(BAGS))
    section = sum(BAGS, Counter[int]())
    means = MeanLengths(MEAN, 2 * MEAN)
    for bag in BAGS:
        wanted = Published(MEAN).score(bag, terms)
        wanted += CONTEXT_WEIGHT * Published(2 * MEAN).score(section, terms)
        assert product(asked, passage_vector(bag, section, means)) == pytest.approx(wanted)


def test_vectors_are_ascending_and_leave_unknown_terms_out() -> None:
    assert query_vector(search_words("desconocido"), HOLDERS, len(BAGS)) == SparseVector((), ())
    asked = query_vector(search_words("perro gato lobo"), HOLDERS, len(BAGS))
    assert list(asked.indices) == sorted(set(asked.indices))
    assert passage_vector(Counter(), Counter(), MeanLengths(0, 0)) == SparseVector((), ())


def test_coverage() -> None:
    def covered(query: str) -> float:
        words = search_words(query)
        return max(coverage(words, bag, HOLDERS, len(BAGS)) for bag in BAGS)

    assert covered("gato perro") == pytest.approx(2 / 3)
    assert covered("zorro") == pytest.approx(0.5)
    assert covered("zorro desconocido") == pytest.approx(0.25)
    assert covered("") == covered("desconocido") == 0


def likely(query: str, bags: list[Bag] = BAGS) -> float:
    return likelihood(search_words(query), bags, HOLDERS, len(BAGS))


def test_one_word_is_a_coin_toss_and_rare_words_are_likelier_than_common_ones() -> None:
    assert likely("zorro") == pytest.approx(0.5)
    found = 2 * rarity(2, len(BAGS)) / rarity(1, len(BAGS))
    assert likely("gato perro") == pytest.approx(found / (found + 1))
    assert likely("zorro perro", [BAGS[2] + BAGS[3]]) > likely("gato perro")


def test_what_stands_everywhere_is_what_the_documents_are_about() -> None:
    words = search_words("gato perro lobo")
    everywhere = dict.fromkeys(HOLDERS, len(BAGS))
    bags = [passage_bag("", "", "gato perro lobo")]
    assert likelihood(words, bags, everywhere, len(BAGS)) == pytest.approx(0.6)
    assert likelihood(words[:2], bags, everywhere, len(BAGS)) == pytest.approx(0.5)


def test_half_a_question_in_other_words_costs_less_than_half() -> None:
    assert likely("zorro desconocido") == pytest.approx(0.5 * math.sqrt(0.5))
    assert likely("") == likely("desconocido") == likely("gato", []) == 0
