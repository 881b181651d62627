import pytest

from core.language import detect_language, turn_language
from core.state import PastTurn

SPANISH = [
    "hola", "buenas", "gracias", "qué tal", "sí", "adiós", "¿por qué?", "mañana", "sigue",
    "estoy triste", "ayuda", "otra vez", "dime algo", "configuración", "año", "cuéntame más",
    "¿Cómo configuro SSH en Ubuntu?", "como configuro ssh en ubuntu", "NO FUNCIONA EL SERVIDOR",
    "el router no responde", "resume este texto", "busca noticias", "error en la funcion main",
    "traduce 'the weather is nice' al español por favor", "Siete.", "cero", "uno",
]  # fmt: skip
ENGLISH = [
    "hello", "hi", "thanks", "why?", "yes", "bye", "go on, continue", "tell me more", "good night",
    "I'm sad", "help", "what's up", "How do I configure SSH on Ubuntu?", "it doesn't work",
    "latest news about Spain", "write a poem about Python", "fix this bug", "nothing is working",
    "The café in Málaga was lovely and the people were kind", "explain recursion",
    "the surnames Núñez, Ibáñez, Muñoz and Peña are common in here", "what does 'hola' mean",
    "THE SERVER IS DOWN", "Seven.", "zero", "Stop.", "Take a picture.",
]  # fmt: skip


@pytest.mark.parametrize("text", SPANISH)
def test_spanish(text: str) -> None:
    assert detect_language(text, default="en") == "es"


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    assert detect_language(text, default="es") == "en"


@pytest.mark.parametrize("text", ["", "42", "SSH Ubuntu", "ok"])
def test_without_evidence_the_default_is_taken(text: str) -> None:
    assert detect_language(text) == "es"
    assert detect_language(text, default="en") == "en"


def _turn(user: str) -> PastTurn:
    return {"user": user, "assistant": "gracias, thank you"}


def test_a_turn_without_evidence_keeps_the_language_of_the_conversation() -> None:
    english = [_turn("hola"), _turn("How do I configure SSH?"), _turn("42")]
    assert turn_language("OK.", english) == "en"
    assert turn_language("OK.", [*english, _turn("¿y en Ubuntu?")]) == "es"
    assert turn_language("y ahora en español", english) == "es"


def test_the_first_language_is_spanish() -> None:
    assert turn_language("42") == turn_language("", [_turn("SSH")]) == "es"
