"""What the shipped text model says, in both languages, through the real engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agents.omni import EMPATHY
from agents.rag import RAG
from agents.tiny import TINY
from benchmarks.nano.text import GGUF, Talker, found, talker
from core.retrieval.citations import cited_numbers, prompt_blocks
from core.state import Language, PastTurn
from models.nano.text.chat import beyond
from models.nano.text.passages import NOT_FOUND

LARGEST_BYTES = 12 * 2**20

HOUSE = prompt_blocks(
    found(
        [
            ("House", "The wifi password is tulip-42. The rubbish is collected on Friday."),
            ("Trip", "The train leaves at 9:15. Our guide will be Clara Whitfield."),
        ]
    )
)
CASA = prompt_blocks(
    found(
        [
            ("Casa", "La contraseña del wifi es tulipán-42. La basura se recoge los viernes."),
            ("Viaje", "El tren sale a las 9:15. La guía será Clara Vidal."),
        ]
    )
)


@pytest.fixture(scope="module")
def model() -> Iterator[Talker]:
    with talker(threads=1) as opened:
        yield opened


def test_the_file_is_small() -> None:
    assert GGUF.stat().st_size <= LARGEST_BYTES


@pytest.mark.parametrize(
    ("language", "said", "expected"),
    [
        ("en", "Hello!", "SARAi"),
        ("es", "¡Hola!", "SARAi"),
        ("en", "Thank you!", "welcome"),
        ("es", "Muchas gracias", "De nada"),
        ("en", "What can you do?", "sarai models pull"),
        ("es", "¿Qué sabes hacer?", "sarai models pull"),
        ("en", "How do I get the vision model?", "sarai models pull vision"),
        ("es", "¿Cómo consigo el modelo de visión?", "sarai models pull vision"),
        ("en", "What is 12 + 7?", "19"),
        ("es", "¿Cuánto es 12 + 7?", "19"),
        ("es", "¿Cuánto es tres por cuatro?", "12"),
    ],
)
def test_talk(model: Talker, language: Language, said: str, expected: str) -> None:
    assert expected in model.ask(TINY, said, language)


@pytest.mark.parametrize(
    ("language", "said", "expected"),
    [
        ("en", "I got fired today.", "listen"),
        ("es", "Estoy triste.", "aquí"),
        ("es", "¡He aprobado!", "Enhorabuena"),
        ("en", "I passed my exam!", "Congratulations"),
    ],
)
def test_feelings_get_a_kind_line(
    model: Talker, language: Language, said: str, expected: str
) -> None:
    assert expected in model.ask(EMPATHY, said, language)


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "What is the capital of France?"),
        ("en", "Write a Python script that sorts a list."),
        ("es", "¿Quién pintó la Mona Lisa?"),
        ("es", "Traduce «gracias» al alemán."),
    ],
)
def test_what_is_beyond_it_is_refused(model: Talker, language: Language, asked: str) -> None:
    answer = model.ask(TINY, asked, language)
    assert answer == beyond(language).answer
    assert "sarai models pull" in answer


@pytest.mark.parametrize(
    ("language", "sources", "asked", "value", "number"),
    [
        ("en", HOUSE, "What is the wifi password?", "tulip-42", 1),
        ("en", HOUSE, "Who will be the guide?", "Clara Whitfield", 2),
        ("es", CASA, "¿Cuál es la contraseña del wifi?", "tulipán-42", 1),
        ("es", CASA, "¿A qué hora sale el tren?", "9:15", 2),
    ],
)
def test_answers_come_from_the_passage_that_is_cited(
    model: Talker, language: Language, sources: tuple[str, ...], asked: str, value: str, number: int
) -> None:
    answer = model.ask(RAG, asked, language, sources=sources)
    assert value in answer
    assert cited_numbers(answer) == (number,)


@pytest.mark.parametrize(
    ("language", "sources", "asked"),
    [
        ("en", HOUSE, "Who is the mayor of Grunvel?"),
        ("es", CASA, "¿Quién es la alcaldesa de Grunvel?"),
    ],
)
def test_passages_without_the_answer(
    model: Talker, language: Language, sources: tuple[str, ...], asked: str
) -> None:
    assert model.ask(RAG, asked, language, sources=sources) == NOT_FOUND[language]


def test_the_last_message_is_answered(model: Talker) -> None:
    history = (
        PastTurn(user="¿Cuánto es 3 + 4?", assistant="3 + 4 = 7"),
        PastTurn(user="Gracias", assistant="¡De nada!"),
    )
    assert "9" in model.ask(TINY, "¿Cuánto es 4 + 5?", "es", history=history)
