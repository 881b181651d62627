"""What the form of a prompt shows, whatever its words mean."""

import pytest

from core.routing.structure import form_of


@pytest.mark.parametrize(
    "text",
    [
        "for x in y: print(x)",
        "f(a);",
        "why does it say TypeError: none",
        "SELECT name FROM people",
        "a[0] != b",
    ],
)
def test_source_code_shows(text: str) -> None:
    assert "source code" in form_of(text, 5)


@pytest.mark.parametrize("text", ["x^2", "y = 3", "f(x)", "2x + 1", "3 * 4", "∫ sin"])
def test_a_formula_shows(text: str) -> None:
    assert "a formula" in form_of(text, 2)


@pytest.mark.parametrize(
    "text", ["an artist; select one", "class of 22", "a tip ($ or €)", "(a) or b"]
)
def test_prose_with_the_same_signs_shows_neither(text: str) -> None:
    assert not {"source code", "a formula"} & set(form_of(text, 5))


def test_years_tell_past_from_present() -> None:
    assert "a past year" in form_of("who won in 1998", 4)
    assert "a recent year" in form_of("who won in 2026", 4)
    assert not {"a past year", "a recent year"} & set(form_of("room 512 of 90210", 4))


def test_longer_prompts_are_in_other_bands() -> None:
    bands = [next(iter(form_of("", words))) for words in (1, 5, 7, 50, 150)]
    assert len(set(bands)) == len(bands)
