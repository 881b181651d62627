import pytest

from core.emotion.crisis import in_crisis


@pytest.mark.parametrize(
    "text",
    [
        "ya no quiero vivir",
        "Estoy pensando en quitarme la vida",
        "a veces quiero morirme, de verdad",
        "ME QUIERO MORIR",
        "mi novia me dejó y no quiero seguir viviendo",
        "todos estarían mejor sin mí",
        "I want to die",
        "i don’t want to be alive anymore",
        "lately I've been thinking about suicide",
        "everyone would be better off without me",
        "i keep hurting myself",
    ],
)
def test_a_cry_for_help_is_heard(text: str) -> None:
    assert in_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "quiero morirme de risa con tus chistes",
        "me quiero morir de vergüenza",
        "no quiero vivir en Madrid",
        "ya no quiero vivir con mis padres",
        "I don't want to live in London any more",
        'Traduce al inglés: "quiero morir"',
        'What does "I want to die" mean in this song?',
        "Escribe un cuento sobre un hombre que se quiere morir",
        "Write a scene in which the hero says he wants to kill himself",
        "Resume este artículo sobre la prevención del suicidio",
        "what does `kill myself` do in this shell script?",
        "¿Cómo mato un proceso zombi?",
        "my laptop wants to die",
        "",
    ],
)
def test_what_only_sounds_like_one(text: str) -> None:
    assert not in_crisis(text)
