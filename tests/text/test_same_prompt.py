"""Which prompts count as the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.same_prompt import same_prompt


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is a mutex?", "what is a mutex?"),
        ("What is a mutex?", "  What  is a\u00a0mutex? "),
        ("¿Qué es la fotosíntesis?", "¿qué es la fotosíntesis?"),
        ("Explica la fotosíntesis", "explica la fotosíntesis"),
        ("¿Qué es el café?", unicodedata.normalize("NFD", "¿Qué es el café?")),
        ("What is a mu\u00adtex?", "What is a mutex?"),
    ],
)
def test_form_does_not_count(one: str, other: str) -> None:
    assert same_prompt(one) == same_prompt(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is May?", "What is may?"),
        ("What is IT?", "What is it?"),
        ("Polish a table?", "polish a table?"),
        ("WHO is this about?", "who is this about?"),
        ("What is x²?", "What is x2?"),
        ("¿Qué es un papá?", "¿Qué es un papa?"),
        ("Is it 3?", "Is it 3"),
        ("What does print (x) do?", "What does print(x) do?"),
        ("if x:\n  y", "if x:\n y"),
        ("What is `a  b`?", "What is `a b`?"),
        ('How long is "a  b"?', 'How long is "a b"?'),
        ("x = 1  + 2", "x = 1 + 2"),
        ("One.\nTwo.", "One. Two."),
    ],
)
def test_what_may_change_the_meaning_counts(one: str, other: str) -> None:
    assert same_prompt(one) != same_prompt(other)


@given(st.text())
def test_the_form_is_its_own(text: str) -> None:
    assert same_prompt(same_prompt(text)) == same_prompt(text)
