"""The words of a question, each held against the nearest of a passage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.model_pool import ModelPool
from core.retrieval.embeddings import Encoder
from core.retrieval.late_interaction import LateInteraction
from core.retrieval.terms import search_words
from core.storage.folder import DataFolder
from tests.gguf_fixtures.embedding_model import write_reranker
from tests.retrieval.conftest import OpenIndex
from tests.retrieval.pools import encoder_keys, pool_with

Scores = Callable[[dict[str, float], list[str]], list[float]]


@pytest.fixture
def pool(folder: DataFolder, encoder_file: Path) -> Iterator[ModelPool]:
    made = pool_with(folder, encoder_keys(encoder_file))
    yield made
    made.close()


def encoder_of(pool: ModelPool) -> Encoder:
    name = "embeddinggemma_300m"
    return Encoder(name, "one", pool.settings.models[name])


@pytest.fixture
def scores(pool: ModelPool) -> Scores:
    late = LateInteraction(pool)

    def of(weights: dict[str, float], texts: list[str]) -> list[float]:
        question = {search_words(word)[0]: weight for word, weight in weights.items()}
        found = late.scores(encoder_of(pool), question, texts)
        assert found is not None
        return found

    return of


def test_a_word_that_stands_there_counts_whole_and_others_by_nearness(scores: Scores) -> None:
    same, other, none = scores({"cat": 1.0}, ["The cat sat.", "the dog", "the of"])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert 0 <= other < 0.6
    assert none == 0


def test_rare_words_count_more(scores: Scores) -> None:
    (cat,), (both,) = scores({"cat": 1.0}, ["dog"]), scores({"cat": 3.0, "dog": 1.0}, ["dog"])
    assert both == pytest.approx((3 * cat + 1) / 4, abs=1e-5)


def test_the_model_is_asked_for_each_word_once(pool: ModelPool) -> None:
    late = LateInteraction(pool)
    question = {search_words("cat")[0]: 1.0}
    first = late.scores(encoder_of(pool), question, ["hello world"])
    pool.close()
    assert late.scores(encoder_of(pool), question, ["world"]) is not None
    assert first is not None


def test_an_encoder_without_vectors_of_words_gives_no_scores(
    folder: DataFolder, tmp_path: Path
) -> None:
    write_reranker(tmp_path / "reranker.gguf")
    pool = pool_with(folder, encoder_keys(tmp_path / "reranker.gguf"))
    late = LateInteraction(pool)
    question = {search_words("cat")[0]: 1.0}
    assert late.scores(encoder_of(pool), question, ["cat"]) is None
    pool.close()
    assert late.scores(encoder_of(pool), question, ["dog"]) is None


def test_a_search_tells_it_and_orders_by_it(
    open_index: OpenIndex, tmp_path: Path, encoder_file: Path
) -> None:
    (tmp_path / "one.md").write_text("The cat sat.\n\nThe dog barks at the world.\n")
    index = open_index(encoder=encoder_file, keys={"models.embeddinggemma_300m.alpha_en": 0.5})
    index.index([tmp_path / "one.md"])
    found = index.search("where is the cat", 2, explain=True).passages
    told = [each.explanation.late_interaction for each in found if each.explanation]
    assert found[0].text == "The cat sat."
    assert told[0] == pytest.approx(1.0, abs=1e-5)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)

    for alone in (0, 1):  # words as they stand there, meaning: neither asks how near words are
        best = index.search("where is the cat", 2, alpha=alone, explain=True).passages[0]
        assert best.explanation is not None
        assert best.explanation.late_interaction is None
