import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.emotion.assembly import assembled, facts_in
from core.emotion.openings import AFTER

OPENING = "Siento mucho que estés pasando por esto." + AFTER


@pytest.mark.parametrize(
    "words",
    [
        "```python\nprint(1)\n```",
        "Son 3.500 € [1], según https://example.org/a?b=1 [2, 3].",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "1. primero\n2. segundo",
        "usa `rm -i` con cuidado",
    ],
)
def test_facts_stay_as_the_model_wrote_them(words: str) -> None:
    whole = assembled(OPENING, words)
    assert whole == OPENING + words
    assert facts_in(whole) == facts_in(words)


def test_facts_are_code_links_citations_and_numbers() -> None:
    text = "Según [1], son 2,5 km: `ls`, https://a.b/c y\n```\nx = 1\n```"
    assert facts_in(text) == ["[1]", "2,5", "`ls`", "https://a.b/c", "```\nx = 1\n```"]


def test_an_opening_that_would_run_into_a_fact_is_left_out() -> None:
    assert assembled("Hay 3", "50 euros") == "50 euros"
    assert assembled("Mira ```", "x = 1") == "x = 1"


@given(st.text(max_size=300))
def test_the_models_words_end_the_answer_whatever_they_are(words: str) -> None:
    assert assembled(OPENING, words).endswith(words)
