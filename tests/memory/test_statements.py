"""What is taken for a wish to be remembered, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory.statements import stated_fact


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("Recuerda que mi perro se llama Luna", "mi perro se llama Luna"),
        ("recuerda que mi perro se llama Luna.", "mi perro se llama Luna"),
        ("Hola, por favor, recuerda que vivo en Lugo.", "vivo en Lugo"),
        ("¡Acuérdate de que soy celíaca!", "soy celíaca!"),
        ("No olvides que el martes es fiesta", "el martes es fiesta"),
        ("ten en cuenta que no como carne", "no como carne"),
        ("Apunta: la talla de Ana es 38", "la talla de Ana es 38"),
        ("¿Puedes recordar que mi pin es 1234?", ""),
        ("Remember that I'm allergic to peanuts.", "I'm allergic to peanuts"),
        ("Please remember: my size is 42", "my size is 42"),
        ("Don't forget that Ana is my boss", "Ana is my boss"),
        ("Keep in mind that 3.5 is the limit", "3.5 is the limit"),
        ("Recuerda que vivo en León. ¿Qué tiempo hace?", "vivo en León"),
        ("Recuerda que vivo en León ¿qué tiempo hace?", "vivo en León"),
        ("Remember that I live in Leeds. What's the weather?", "I live in Leeds"),
        ("Recuerda que mi médica es la Dra. Gómez", "mi médica es la Dra. Gómez"),
        ("Recuerda que A. Díaz es mi jefe\nY dime la hora", "A. Díaz es mi jefe"),
    ],
)
def test_a_wish_is_understood(said: str, fact: str) -> None:
    stated = stated_fact(said)
    assert (stated.text if stated else "") == fact


@pytest.mark.parametrize(
    "said",
    [
        "hola",
        "",
        "¿Recuerdas que te dije mi nombre?",
        "¿Recuerda que mañana es lunes?",
        "Recuérdame que llame a Ana",
        "Recuerda comprar pan",
        "Remember to buy bread",
        "Do you remember that film?",
        "Remember that song?",
        "I remember that day",
        "Note that the code above fails?",
        "Mi hermano me dijo: recuerda que te quiero",
        "Traduce «recuerda que vivo en Lugo»",
        "Translate: remember that I live here",
        "recuerda que",
    ],
)
def test_what_asks_for_nothing_keeps_nothing(said: str) -> None:
    assert stated_fact(said) is None


@given(st.text(max_size=200))
def test_a_fact_is_always_verbatim(said: str) -> None:
    for text in (said, f"recuerda que {said}"):
        stated = stated_fact(text)
        assert stated is None or stated.text in said


@pytest.mark.parametrize(
    ("said", "is_all"),
    [
        ("recuerda que vivo en Lugo.", True),
        ("Hola, recuerda que vivo en Lugo.  \n", True),
        ("Recuerda que A. Díaz es mi jefe", True),
        ("recuerda que vivo en Lugo. ¿Qué tiempo hace?", False),
        ("Remember that I live in Leeds. Then tell me a joke.", False),
    ],
)
def test_it_is_known_whether_more_was_said(said: str, is_all: bool) -> None:
    stated = stated_fact(said)
    assert stated is not None
    assert stated.is_all == is_all
