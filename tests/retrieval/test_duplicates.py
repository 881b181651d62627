import numpy as np
import pytest

from core.retrieval.duplicates import digest, find_duplicates, may_be_near

SAME = np.full((2, 4), 0.5, dtype=np.float32)
"""Vectors of an encoder that finds both texts equal."""


def kind(one: str, other: str) -> str | None:
    found = find_duplicates([one, other], SAME)
    return found[0].kind if found else None


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("La caldera.", "La caldera.", "exact"),
        ("La caldera  se revisa.", "la caldera\nse revisa", "normalised"),
        ("“Sí” – dijo.", '"Sí" - dijo.', "normalised"),
        ("The cat sleeps on the sofa.", "On the sofa sleeps the cat.", "near"),
        ("La reunión es en la sala.", "La reunión será en la sala.", "near"),
    ],
)
def test_degrees(one: str, other: str, wanted: str) -> None:
    assert kind(one, other) == wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The meeting is at 3 pm.", "The meeting is at 4 pm."),
        ("Mide 3,5 m.", "Mide 35 m."),
        ("Hace 5 grados.", "Hace -5 grados."),
        ("Sube un 5 %.", "Sube un 5 €."),
        ("from 3 to 5", "from 5 to 3"),
        ("Tiene dos puertas.", "Tiene tres puertas."),
        ("The door is open.", "The door is not open."),
        ("The door isn't open.", "The door is open."),
        ("Se puede aparcar.", "No se puede aparcar."),
        ("Nunca llueve.", "Siempre llueve."),
        ("Llamó a Ana.", "Llamó a Eva."),
        ("Ana llamó a Luis.", "Luis llamó a Ana."),
        ("Eva sleeps.", "Ana sleeps."),
        ("It was sent to us.", "It was sent to US."),
    ],
)
def test_what_says_something_else_is_never_a_repeat(one: str, other: str) -> None:
    assert kind(one, other) is None
    assert not may_be_near(one, other)
    assert digest(one) != digest(other)


def test_what_differs_in_form_alone_has_one_digest() -> None:
    assert digest("La  caldera.") == digest("La caldera")
    assert digest("papa") != digest("papá")
    assert digest("¿Viene?") != digest("Viene.")


def test_each_is_held_against_the_first_of_its_kind() -> None:
    texts = ["uno dos", "otra cosa", "dos uno", "uno dos", "Otra cosa."]
    found = [(each.index, each.of, each.kind) for each in find_duplicates(texts)]
    assert found == [(3, 0, "exact")]
    vectors = np.array([[1, 0], [0, 1], [1, 0], [1, 0], [0, 1]], dtype=np.float32)
    near = find_duplicates(["cosa aquí", "luz", "aquí cosa", "x", "y"], vectors)
    assert [(each.index, each.of, each.kind) for each in near] == [
        (2, 0, "near"),
        (3, 0, "near"),
        (4, 1, "near"),
    ]


def test_below_the_threshold_nothing_is_near() -> None:
    vectors = np.array([[1, 0], [0.9, np.sqrt(1 - 0.81)]], dtype=np.float32)
    texts = ["la casa", "el hogar"]
    assert find_duplicates(texts, vectors, threshold=0.95) == []
    (near,) = find_duplicates(texts, vectors, threshold=0.85)
    assert near.similarity == pytest.approx(0.9, abs=1e-6)
