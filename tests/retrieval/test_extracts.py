"""Sentences of passages that stand in for an answer."""

from __future__ import annotations

from core.retrieval.extracts import extracts
from core.retrieval.passage import Passage


def passage(text: str) -> Passage:
    return Passage("a.md", 1, 1, "", text, 1.0)


def test_each_passage_gives_its_nearest_sentence_verbatim() -> None:
    found = extracts(
        "¿Cuándo se revisa la caldera?",
        [
            passage("Hay dos. La caldera se revisa en octubre.\nEl gas no."),
            passage("Caldera: 3 kW"),
        ],
    )
    assert found == [(1, "La caldera se revisa en octubre."), (2, "Caldera: 3 kW")]


def test_a_passage_without_the_words_gives_none_but_for_the_first() -> None:
    assert extracts("faro", [passage("Uno. Dos."), passage("Tres.")]) == [(1, "Uno.")]


def test_no_more_than_three() -> None:
    assert len(extracts("faro", [passage("Un faro.")] * 5)) == 3
