"""Which facts are about the same, so that the newer takes the older's place."""

from __future__ import annotations

import pytest

from core.memory.subjects import subject_of


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("vivo en Lugo", "Ahora vivo en Vigo"),
        ("vivo en Lugo", "ya no vivo en Lugo"),
        ("I live in Leeds", "I now live in York"),
        ("vivo en Lugo", "I live in York"),
        ("Mi perro se llama Luna", "mi perro se llama Sol"),
        ("My dog is called Luna", "my dog is named Sol"),
        ("Mi color favorito es el azul", "mi color favorito es el rojo"),
        ("my favourite colour is blue", "My favourite colour is red"),
        ("mi número de teléfono es 600", "Mi número de teléfono es 700"),
        ("El cumpleaños de mi hermana es el 3 de mayo", "el cumpleaños de mi hermana es en junio"),
        ("My sister's birthday is May 3", "my sister's birthday is in June"),
        ("Mi hermano vive en Lugo", "mi hermano ahora vive en Vigo"),
        ("trabajo en Correos", "Trabajo para Telefónica"),
        ("tengo 34 años", "Tengo 35 años"),
        ("me llamo Ana", "I am called Anne"),
    ],
)
def test_the_newer_is_about_the_same(older: str, newer: str) -> None:
    assert subject_of(older) == subject_of(newer) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mi perro se llama Luna", "Mi gata se llama Luna"),
        ("Mi hermana vive en Lugo", "Mi hermano vive en Lugo"),
        ("mi color favorito es el azul", "mi número favorito es el 7"),
        ("el cumpleaños de mi hermana es hoy", "el cumpleaños de mi hermano es hoy"),
        ("trabajo en Correos", "trabajo de cartera"),
        ("tengo 34 años", "peso 60 kilos"),
    ],
)
def test_different_things_are_kept_apart(one: str, other: str) -> None:
    assert subject_of(one) != subject_of(other)


@pytest.mark.parametrize(
    "fact",
    [
        "Mi hermana es médica",
        "Mi hermana es alta",
        "Tengo un perro",
        "Me gusta el queso",
        "My car is red",
        "I like cheese",
        "vivo con Ana",
        "Soy alérgico a los cacahuetes",
        "",
    ],
)
def test_what_can_be_true_beside_others_supersedes_nothing(fact: str) -> None:
    assert subject_of(fact) == ""
