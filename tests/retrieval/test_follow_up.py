"""Questions that continue the one before, made whole for a search."""

from __future__ import annotations

import pytest

from core.retrieval.follow_up import whole_question
from core.state import PastTurn

BOILER = "¿Cuándo se revisa la caldera del sótano?"
HERON = "Where does the heron build its nest?"


def past(*asked: str) -> list[PastTurn]:
    return [PastTurn(user=each, assistant="Una respuesta equivocada.") for each in asked]


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (BOILER, "¿Y quién la revisa?"),
        (BOILER, "¿Y el precio?"),
        (BOILER, "¿Por qué?"),
        (BOILER, "¿Cuánto cuesta eso?"),
        (HERON, "And what does it eat?"),
        (HERON, "Why?"),
        (HERON, "What about the young ones?"),
        (HERON, "How many eggs do they lay?"),
    ],
)
def test_a_question_that_continues_takes_the_one_before(before: str, question: str) -> None:
    assert whole_question(question, past(before)) == f"{before}\n{question}"


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuál es la contraseña del wifi del router?",
        "Where is the nearest railway station of the town?",
        "¿Y tú qué harías?",
        "¿Qué tal?",
        "How are you?",
        "Gracias",
        "vale",
        "El técnico que revisa los extintores del garaje, ¿cuándo viene?",
    ],
)
def test_a_question_of_its_own_stays_as_it_is(question: str) -> None:
    assert whole_question(question, past(BOILER)) == question


def test_without_history_there_is_nothing_to_take() -> None:
    assert whole_question("¿Por qué?", []) == "¿Por qué?"


def test_two_that_continue_take_the_first_that_stands_alone() -> None:
    history = past(BOILER, "¿Y quién la revisa?")
    assert whole_question("¿Por qué?", history) == f"{BOILER}\n¿Por qué?"


def test_where_none_stands_alone_the_last_is_taken() -> None:
    assert whole_question("¿Y qué?", past(BOILER, "¿Y?", "¿Por qué?")) == "¿Por qué?\n¿Y qué?"
