"""Which questions are about a moment, and which about the person who asks."""

from __future__ import annotations

import pytest

from core.text.lasting import is_dated, is_personal


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué tiempo hace en Lugo?",
        "¿Quién es el presidente de Francia?",
        "¿Qué día es?",
        "¿Cuándo es el próximo año bisiesto?",
        "What is the latest version of Python?",
        "How old is Madonna?",
        "What happened yesterday?",
        "What time is it?",
    ],
)
def test_a_moment(question: str) -> None:
    assert is_dated(question)
    assert not is_personal(question)


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué le regalo a mi madre?",
        "Tengo fiebre, ¿es grave?",
        "¿Cómo me llamo?",
        "What should I do about my job?",
        "Are we allowed to leave?",
        "Explícame por qué mi gato maúlla",
        "Tell me whether my contract is valid",
        "Who lives at ana@example.org?",
        "Whose number is 600 123 456?",
    ],
)
def test_a_person(question: str) -> None:
    assert is_personal(question)


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué es un mutex?",
        "¿Me explicas qué es un mutex?",
        "Quiero saber qué es un mutex",
        "¿Cuándo se revisa la caldera?",
        "¿Quién escribió el Quijote?",
        "Tell me what a mutex is",
        "I want to know what a mutex is",
        "Who won the battle of Hastings in 1066?",
        "Write a haiku about the sea",
    ],
)
def test_neither(question: str) -> None:
    assert not is_personal(question)
    assert not is_dated(question)
