"""The shipped heads on texts of no training set, and on what only sounds like a feeling."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.emotion.detect import NEUTRAL, EmotionReader
from core.emotion.heads import LABELS
from core.emotion.openings import opening
from core.emotion.tone import tone_style
from core.state import Language

READER = EmotionReader.load()


def opened(text: str, language: Language) -> str:
    emotion = READER.read(text, language)
    return opening(emotion, tone_style(emotion), language)


@pytest.mark.parametrize(
    ("text", "language", "label"),
    [
        ("estoy muy triste, mi perro ha muerto", "es", "sadness"),
        ("my grandpa died and I miss him terribly", "en", "sadness"),
        ("mi mujer se ha ido y la casa está vacía", "es", "sadness"),
        ("¡ESTOY FURIOSA CON MI JEFE!", "es", "anger"),
        ("I am furious with my landlord!", "en", "anger"),
        ("tengo mucho miedo de la operación", "es", "fear"),
        ("I'm so anxious about tomorrow's interview", "en", "fear"),
        ("¡Qué asco, hay gusanos en la fruta!", "es", "disgust"),
        ("this soup is disgusting, I feel sick", "en", "disgust"),
        ("vaya sorpresa, no me lo puedo creer", "es", "surprise"),
        ("wow, I can't believe it", "en", "surprise"),
        ("¡estoy ilusionada con el viaje!", "es", "joy"),
        ("I'm thrilled, this is amazing", "en", "joy"),
        ("¿Cuántos planetas hay?", "es", "neutral"),
        ("How many planets are there?", "en", "neutral"),
    ],
)
def test_label(text: str, language: Language, label: str) -> None:
    assert READER.read(text, language)["label"] == label


@pytest.mark.parametrize(
    ("text", "language", "tone"),
    [
        ("estoy muy triste, mi perro ha muerto", "es", "soft_support"),
        ("my grandpa died and I miss him terribly", "en", "soft_support"),
        ("¡ESTOY FURIOSA CON MI JEFE!", "es", "urgent_support"),
        ("I AM SO ANGRY, THEY LIED TO ME!!", "en", "urgent_support"),
        ("¡¡Aprobé la oposición!!", "es", "energetic_positive"),
        ("WE WON THE CUP!!!", "en", "energetic_positive"),
        ("gracias, ya estoy tranquila", "es", "warm_positive"),
        ("¿Cuántos planetas hay?", "es", "neutral_support"),
        ("How many planets are there?", "en", "neutral_support"),
    ],
)
def test_tone(text: str, language: Language, tone: str) -> None:
    assert tone_style(READER.read(text, language)) == tone


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("El proceso ha muerto", "es"),
        ("mata el proceso y mira el error fatal", "es"),
        ("The server died after a kernel panic", "en"),
        ("test the happy path and the sad path", "en"),
        ("escribe un poema triste sobre la muerte de un perro", "es"),
        ("write a story about a man whose wife died", "en"),
        ('Traduce al francés: "te odio, me has roto el corazón"', "es"),
        ('Translate into German: "I hate you, I am heartbroken"', "en"),
        ('def greet(mood):\n    return "I am so sad" if mood < 0 else "happy"', "en"),
        ("¿Qué es la tristeza según Freud?", "es"),
        ("what are the symptoms of depression?", "en"),
        ("¿De qué murió Mozart?", "es"),
        ("Who died in the final season?", "en"),
        ("clasifica el sentimiento: «estoy furioso con el servicio»", "es"),
        ("Summarise this review: 'I am disgusted and angry with this hotel'", "en"),
        ("how much does a funeral cost?", "en"),
    ],
)
def test_feelings_that_are_not_the_writers_own_get_no_condolences(
    text: str, language: Language
) -> None:
    assert opened(text, language) == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("mi abuela murió ayer y tengo que escribir su esquela, ayúdame", "es"),
        ("my father passed away last night, help me write to my boss", "en"),
        ("me han despedido y estoy hundida", "es"),
        ("i'm scared, my daughter has not come home", "en"),
    ],
)
def test_ones_own_grief_is_acknowledged_also_around_a_request(
    text: str, language: Language
) -> None:
    assert opened(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [("no estoy triste", "es"), ("I'm not sad at all", "en"), ("no tengo miedo", "es")],
)
def test_a_denied_feeling_is_none(text: str, language: Language) -> None:
    assert READER.read(text, language)["label"] == "neutral"


@pytest.mark.parametrize(
    ("plain", "loud", "language"),
    [
        ("estoy enfadado con mi jefe", "¡¡ESTOY ENFADADO CON MI JEFE!!", "es"),
        ("i am happy today", "I AM SO HAPPY TODAY!!!", "en"),
    ],
)
def test_shouting_raises_arousal(plain: str, loud: str, language: Language) -> None:
    assert READER.read(loud, language)["arousal"] > READER.read(plain, language)["arousal"]


@pytest.mark.parametrize(
    ("text", "bare", "language"),
    [
        ("Estoy muy triste, ¿qué puedo hacer?", "estoy muy triste que puedo hacer", "es"),
        ("¡Qué alegría, aprobé!", "que alegria aprobe", "es"),
        ("I'm really scared.", "im really scared", "en"),
    ],
)
def test_accents_case_and_punctuation_do_not_change_the_label(
    text: str, bare: str, language: Language
) -> None:
    assert READER.read(text, language)["label"] == READER.read(bare, language)["label"]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_text_without_words_is_neutral(text: str) -> None:
    assert READER.read(text, "es") == NEUTRAL


@given(st.text(max_size=300), st.sampled_from(["es", "en"]))
def test_any_text_reads_within_range(text: str, language: Language) -> None:
    emotion = READER.read(text, language)
    assert emotion["label"] in LABELS
    for scale in (emotion["valence"], emotion["arousal"], emotion["confidence"]):
        assert 0 <= scale <= 1


def test_reading_is_fast() -> None:
    """A generous limit; `python -m benchmarks.emotion` has the figures."""
    started_ns = time.thread_time_ns()
    for _ in range(200):
        READER.read("Estoy muy triste y no sé qué hacer con mi vida, ¿me ayudas?", "es")
    assert (time.thread_time_ns() - started_ns) / 200 < 3e6
