"""What the model is told before it answers, and what is said before its words."""

import pytest

from core.emotion.detect import EmotionReader
from core.emotion.manner import Manner, manner_of
from core.state import Language, PastTurn

READER = EmotionReader.load()
SAD_ES, SAD_EN = "Estoy muy triste, mi perro ha muerto", "I'm so sad, my dog died"


def manner(
    text: str,
    written_in: Language = "es",
    reply_in: Language | None = None,
    *,
    intensity: float = 1.0,
    history: tuple[PastTurn, ...] = (),
) -> Manner:
    return manner_of(
        text,
        READER,
        written_in=written_in,
        reply_in=reply_in or written_in,
        intensity=intensity,
        history=history,
    )


def test_the_model_knows_how_its_answer_begins() -> None:
    made = manner(SAD_EN, "en")
    assert made.opening.strip() in made.instruction
    assert "without repeating" in made.instruction


def test_spanish_words_are_read_as_spanish_and_answered_in_english_where_that_is_wished() -> None:
    made = manner(SAD_ES, "es", "en")
    assert made.emotion is not None
    assert made.emotion["label"] == "sadness"
    assert made.opening.startswith("I'm so sorry")
    assert "La persona" not in made.instruction
    assert made.spanish is not None  # noted all the same


def test_the_model_is_told_of_the_persons_spanish() -> None:
    argentine = manner("che, ¿vos sabés cuánto es dos más dos?").instruction
    assert "español de Argentina" in argentine
    assert "Trátala de vos." in argentine
    formal = manner("Estimado asistente, ¿podría usted indicarme la capital de Francia?")
    assert "Trátala de usted. Usa un registro formal." in formal.instruction
    assert "español de" not in formal.instruction
    assert "español de" not in manner("¿Cuál es la capital de Francia?").instruction
    assert manner("What is the capital of France?", "en").spanish is None


def test_a_variety_lasts_for_the_conversation() -> None:
    told: PastTurn = {"user": "parce, ¿qué más?, tengo un camello tenaz", "assistant": "¡Hola!"}
    assert "español de Colombia" in manner("¿cuánto es 2+2?", history=(told,)).instruction


def test_at_intensity_zero_a_feeling_is_noted_and_moves_nothing() -> None:
    made = manner(SAD_ES, intensity=0.0)
    assert made.emotion is not None
    assert made.emotion["label"] == "sadness"
    assert (made.opening, made.instruction) == ("", "")
    assert made.prosody == {"rate": 1.0, "pitch": 1.0, "volume": 1.0}


@pytest.mark.parametrize(
    ("text", "language"),
    [("ya no quiero vivir", "es"), ("I want to kill myself", "en")],
)
@pytest.mark.parametrize("intensity", [0.0, 1.0])
def test_a_crisis_is_answered_with_care_whatever_the_intensity(
    text: str, language: Language, intensity: float
) -> None:
    first = manner(text, language, intensity=intensity)
    assert (first.careful, first.style, first.opening) == (True, "urgent_support", "")
    assert "emerg" in first.answer
    told: PastTurn = {"user": text, "assistant": first.answer}
    made = manner(text, language, intensity=intensity, history=(told,))
    assert (made.careful, made.answer) == (True, "")
    assert "emerg" in made.opening
    telephone = {"es": "ningún número de teléfono", "en": "no telephone number"}[language]
    assert telephone in made.instruction.replace("\n", " ")


def test_an_argentine_in_crisis_is_addressed_as_one() -> None:
    answer = manner("no quiero vivir más, vos no entendés nada").answer
    assert "avisá a alguien" in answer
    assert "llamá al número" in answer
