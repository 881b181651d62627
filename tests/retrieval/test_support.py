"""Which sentences of an answer rest on the passages that they cite."""

from __future__ import annotations

import pytest

from core.retrieval.support import check_claims

HOUSE = {
    1: "La caldera se revisa cada octubre. El técnico se llama Ramón Ibáñez.",
    2: "The wifi password is tulip-42. Dogs may not enter the kitchen.",
    3: "El buzón es verde y está junto a la puerta.",
}
BOILER = "¿Cuándo se revisa la caldera?"


def only(answer: str, question: str = "", passages: dict[int, str] = HOUSE) -> bool:
    (claim,) = check_claims(answer, question, passages)
    return claim.supported


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (BOILER, "La caldera se revisa cada octubre [1]."),
        (BOILER, "Se revisa en octubre. [1]"),
        (BOILER, "Sí, cada octubre [1]."),
        (BOILER, "Cada octubre se revisa la caldera."),
        ("What is the wifi password?", "The wifi password is tulip-42 [2]."),
        ("What is the wifi password?", "tulip-42 [2]"),
        ("May dogs enter?", "Dogs may not enter the kitchen [2]."),
        ("May dogs enter?", "No, dogs cannot enter the kitchen [2]."),
        ("Who is the technician?", "The technician is Ramón Ibáñez [1]."),
        (BOILER, "Cada octubre se revisa la caldera, y la revisa el técnico Ramón Ibáñez [1]."),
    ],
)
def test_what_the_passage_says_is_supported(question: str, answer: str) -> None:
    assert only(answer, question)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (BOILER, "La caldera se revisa cada mayo [1]."),
        (BOILER, "La caldera no se revisa en octubre [1]."),
        (BOILER, "La caldera se revisa cada octubre [3]."),
        (BOILER, "La caldera se revisa cada octubre [7]."),
        (BOILER, "La caldera se revisa el 3 de octubre [1]."),
        ("May dogs enter?", "Dogs may enter the kitchen [2]."),
        ("What is the wifi password?", "The wifi password is tulip-43 [2]."),
        ("What is the wifi password?", "The wifi password is rose [2]."),
        ("Who is the technician?", "The technician is called Pedro Gil [1]."),
        (BOILER, "La caldera se " * 9 + "revisa cada octubre [1]."),
    ],
)
def test_what_it_does_not_say_is_not(question: str, answer: str) -> None:
    assert not only(answer, question)


def test_each_sentence_is_a_claim_with_its_own_citations() -> None:
    answer = (
        "La caldera se revisa cada octubre [1]. The wifi password is tulip-42. [2]\n"
        "- El técnico es Ramón Ibáñez [1, 2]"
    )
    claims = check_claims(answer, BOILER, HOUSE)
    assert [claim.cited for claim in claims] == [(1,), (2,), (1, 2)]
    assert all(claim.supported for claim in claims)
    assert claims[0].text == "La caldera se revisa cada octubre."


@pytest.mark.parametrize(
    "refusal",
    [
        "The passages do not answer that.",
        "Los pasajes no responden a eso.",
        "No hay información sobre eso en las fuentes [1].",
        "I could not find anything about it in your documents.",
        "...",
        "",
    ],
)
def test_a_refusal_claims_nothing(refusal: str) -> None:
    assert check_claims(refusal, BOILER, HOUSE) == []


def test_across_languages_numbers_and_names_have_to_agree() -> None:
    asked = "Who checks the boiler?"
    assert only("The boiler is checked by Ramón Ibáñez [1].", asked)
    assert not only("The boiler is checked by Ramón Ibáñez in 2019 [1].", asked)
    assert not only("The boiler is checked by our friend Pedro [1].", asked)


def test_what_the_caller_gave_supports_too() -> None:
    (claim,) = check_claims("El buzón es verde [1].", "", HOUSE, ["El buzón es verde."])
    assert claim.supported


VILLAGE = {
    1: "En 1712, quizás 300 vecinos dejaron Teis por la sal.",
    2: "La sal de Lires de 1745 la vendieron 80 vecinos.",
    3: "The mill at St. Lawe was built by Ana Ferro.",
}
SALT = "¿Cuántos vecinos dejaron Teis por la sal en 1712?"


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (SALT, "300 [1].", True),
        (SALT, "1745 [2].", False),
        (SALT, "Teis [1].", False),
        ("¿De qué año es la sal de Lires?", "1745 [2].", True),
        ("¿De qué color es el buzón?", "1745 [2].", False),
        ("Who built the mill at St. Lawe?", "St [3].", False),
        ("Who built the mill at St. Lawe?", "Ana Ferro [3].", True),
        ("¿Quién hizo el molino?", "Ana Ferro [3].", True),
    ],
)
def test_a_word_or_two_have_to_stand_where_the_question_does(
    question: str, answer: str, expected: bool
) -> None:
    assert only(answer, question, VILLAGE) is expected
