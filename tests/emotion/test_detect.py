import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.emotion.detect import NEUTRAL_AROUSAL, NEUTRAL_VALENCE, detect_emotion
from core.emotion.tone import tone_style
from core.state import Emotion, Language


@pytest.mark.parametrize(
    ("text", "language", "label", "tone"),
    [
        ("estoy muy triste, mi perro ha muerto", "es", "sadness", "soft_support"),
        ("I'm so sad, my dog died", "en", "sadness", "soft_support"),
        ("¡ESTOY FURIOSO CON MI JEFE!", "es", "anger", "urgent_support"),
        ("I am furious with my boss!", "en", "anger", "urgent_support"),
        ("tengo mucho miedo", "es", "fear", "urgent_support"),
        ("I have terrible anxiety", "en", "fear", "urgent_support"),
        ("¡Qué asco!", "es", "disgust", "urgent_support"),
        ("that is gross", "en", "disgust", "soft_support"),
        ("vaya sorpresa, no me lo puedo creer", "es", "surprise", "focused_alert"),
        ("wow, I can't believe it", "en", "surprise", "focused_alert"),
        ("¡estoy ilusionada con el viaje!", "es", "joy", "energetic_positive"),
        ("I'm thrilled, this is amazing", "en", "joy", "energetic_positive"),
        ("gracias, ya estoy tranquila", "es", "joy", "warm_positive"),
        ("thank you, I feel relieved", "en", "joy", "warm_positive"),
        ("estoy cansado", "es", "neutral", "low_energy"),
        ("I'm tired", "en", "neutral", "low_energy"),
        ("¿Cómo configuro SSH en Ubuntu?", "es", "neutral", "neutral_support"),
        ("How do I configure SSH on Ubuntu?", "en", "neutral", "neutral_support"),
    ],
)
def test_label_and_tone(text: str, language: Language, label: str, tone: str) -> None:
    emotion = detect_emotion(text, language)
    assert emotion["label"] == label
    assert tone_style(emotion) == tone


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("El proceso ha muerto", "es"),
        ("matar el proceso y ver el error fatal", "es"),
        ("The server died after a kernel panic", "en"),
        ("test the happy path and the sad path", "en"),
        ("ambassador and saddle, gladiator, madrid", "en"),
        ("", "es"),
    ],
)
def test_what_only_looks_like_a_feeling(text: str, language: Language) -> None:
    assert detect_emotion(text, language) == neutral()


def neutral() -> Emotion:
    return {"label": "neutral", "valence": NEUTRAL_VALENCE, "arousal": NEUTRAL_AROUSAL}


@pytest.mark.parametrize(
    ("text", "language"),
    [("no estoy triste", "es"), ("I'm not sad", "en"), ("I am not really angry", "en")],
)
def test_a_denied_bad_feeling_is_neutral_and_a_little_good(text: str, language: Language) -> None:
    emotion = detect_emotion(text, language)
    assert emotion["label"] == "neutral"
    assert 0.5 < emotion["valence"] < 0.65


def test_a_denied_good_feeling_is_a_little_bad() -> None:
    assert detect_emotion("no estoy feliz", "es")["valence"] < 0.5
    assert detect_emotion("I am not happy", "en")["valence"] < 0.5


def test_a_negation_does_not_reach_the_next_clause() -> None:
    assert detect_emotion("no, estoy triste", "es")["label"] == "sadness"
    assert detect_emotion("not now but sad", "en")["label"] == "sadness"


@pytest.mark.parametrize(
    ("weak", "plain", "strong", "language"),
    [
        ("estoy un poco triste", "estoy triste", "estoy muy triste", "es"),
        ("I'm a bit sad", "I'm sad", "I'm very sad", "en"),
    ],
)
def test_degree_words(weak: str, plain: str, strong: str, language: Language) -> None:
    valences = [detect_emotion(text, language)["valence"] for text in (strong, plain, weak)]
    assert valences == sorted(valences)
    assert len(set(valences)) == 3


def test_shouting_raises_arousal() -> None:
    calm, loud, louder = (
        detect_emotion(text, "es")["arousal"]
        for text in ("estoy enfadado hoy", "estoy enfadado hoy!", "ESTOY TRISTE HOY!")
    )
    assert loud > calm
    assert louder > detect_emotion("estoy triste hoy!", "es")["arousal"]


@given(st.text(max_size=200), st.sampled_from(["es", "en"]))
def test_any_text_reads_within_range(text: str, language: Language) -> None:
    emotion = detect_emotion(text, language)
    assert 0 <= emotion["valence"] <= 1
    assert 0 <= emotion["arousal"] <= 1
