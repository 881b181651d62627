import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.retrieval.fusion import RRF_K, Fusion, fuse

METHODS: tuple[Fusion, ...] = ("weighted", "rrf", "dbsf")
cosines = st.dictionaries(st.integers(0, 20), st.floats(-1, 1), max_size=8)
words = st.dictionaries(st.integers(0, 20), st.floats(0.001, 50), max_size=8)


def test_weighted_is_from_the_theoretical_minimum() -> None:
    fused = fuse("weighted", {1: 0.5, 2: -1.0}, {1: 2.0, 3: 4.0}, 0.7)
    assert fused == pytest.approx({1: 0.7 + 0.3 * 0.5, 2: 0.0, 3: 0.3})


def test_rrf_counts_ranks_alone() -> None:
    fused = fuse("rrf", {1: 0.9, 2: 0.8}, {2: 3.0, 1: 1.0}, 0.5)
    assert (
        fused[1] == pytest.approx(fused[2]) == pytest.approx(0.5 / (RRF_K + 1) + 0.5 / (RRF_K + 2))
    )


def test_dbsf_measures_from_the_mean() -> None:
    fused = fuse("dbsf", {1: 0.1, 2: 0.2, 3: 0.3}, {}, 1.0)
    assert fused == pytest.approx({1: 1 / 3, 2: 1 / 2, 3: 2 / 3})
    assert fuse("dbsf", {1: 0.1}, {}, 1.0) == {1: 0.5}
    assert fuse("dbsf", {1: 0.1, 2: 0.1}, {}, 1.0) == {1: 0.5, 2: 0.5}


def test_nearness_takes_half_of_what_words_weigh() -> None:
    fused = fuse("weighted", {1: 0.5, 2: -1.0}, {1: 2.0, 3: 4.0}, 0.6, {1: 0.8, 2: 0.4})
    assert fused == pytest.approx({1: 0.6 + 0.2 * 0.5 + 0.2, 2: 0.2 * 0.5, 3: 0.2})


@given(st.sampled_from(METHODS), cosines, words)
def test_a_list_without_weight_adds_nothing(
    method: Fusion, meaning: dict[int, float], by_words: dict[int, float]
) -> None:
    assert fuse(method, meaning, by_words, 0.0).keys() == by_words.keys()
    assert fuse(method, meaning, by_words, 1.0).keys() == meaning.keys()
    assert fuse(method, meaning, {}, 1.0, by_words) == fuse(method, meaning, {}, 1.0)


@given(st.sampled_from(METHODS), cosines, words, st.floats(0.01, 0.99))
def test_better_in_both_is_better_in_all(
    method: Fusion, meaning: dict[int, float], by_words: dict[int, float], alpha: float
) -> None:
    fused = fuse(method, meaning, by_words, alpha)
    assert fused.keys() == meaning.keys() | by_words.keys()
    both = meaning.keys() & by_words.keys()
    for one in both:
        for other in both:
            if meaning[one] > meaning[other] and by_words[one] > by_words[other]:
                assert fused[one] >= fused[other]
