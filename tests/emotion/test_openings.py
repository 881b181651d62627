from itertools import product
from typing import get_args

import pytest

from core.emotion.openings import AFTER, careful_answer, careful_opening, opening
from core.state import Address, Emotion, Formality, Language, Spanish, ToneStyle, Variety

TONES: tuple[ToneStyle, ...] = get_args(ToneStyle)
LANGUAGES: tuple[Language, ...] = get_args(Language)


def emotion(label: str, confidence: float = 0.9) -> Emotion:
    return {"label": label, "valence": 0.2, "arousal": 0.5, "confidence": confidence}


def spanish(
    address: Address | None = None,
    variety: Variety = "neutral",
    formality: Formality | None = None,
) -> Spanish:
    return {"variety": variety, "address": address, "formality": formality}


def test_only_support_tones_and_great_joy_open() -> None:
    opened = {
        (tone, label)
        for tone, label in product(TONES, ("joy", "sadness", "anger", "fear", "neutral"))
        if opening(emotion(label), tone, "en")
    }
    supported = set(product(("soft_support", "urgent_support"), ("sadness", "anger", "fear")))
    assert opened == {*supported, ("energetic_positive", "joy")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_opening_is_a_paragraph_that_ends(language: Language) -> None:
    said = opening(emotion("sadness"), "soft_support", language)
    assert said.endswith("." + AFTER)
    assert "{" not in said


def test_it_speaks_as_the_person_does() -> None:
    as_address = {
        address: opening(emotion("anger"), "urgent_support", "es", spanish(address))
        for address in get_args(Address)
    }
    assert "tienes derecho" in as_address["tú"]
    assert "tenés derecho" in as_address["vos"]
    assert "le indigne; tiene derecho" in as_address["usted"]
    argentine = opening(emotion("anger"), "urgent_support", "es", spanish(variety="es-AR"))
    assert argentine == as_address["vos"]


def test_what_is_unlikely_gets_no_condolences() -> None:
    assert opening(emotion("sadness", 0.49), "soft_support", "en") == ""
    assert opening(emotion("sadness", 0.51), "soft_support", "en")
    assert opening(emotion("joy", 0.6), "energetic_positive", "en") == ""


def test_intensity_makes_openings_rarer_and_then_none() -> None:
    said = [
        bool(opening(emotion("fear", 0.9), "urgent_support", "en", intensity=intensity))
        for intensity in (1.0, 0.6, 0.5, 0.0)
    ]
    assert said == [True, True, False, False]


def test_it_is_not_said_twice_running() -> None:
    first = opening(emotion("sadness"), "soft_support", "es")
    told = {"user": "estoy triste", "assistant": first + "Cuéntame."}
    other = {"user": "hola", "assistant": "¡Hola!"}
    assert opening(emotion("sadness"), "soft_support", "es", history=[told]) == ""  # type: ignore[list-item]
    assert opening(emotion("sadness"), "soft_support", "es", history=[told, other]) == first  # type: ignore[list-item]


@pytest.mark.parametrize("language", LANGUAGES)
def test_careful_words_name_help_and_no_number(language: Language) -> None:
    first, again = careful_answer(language, None), careful_opening(language, None)
    assert again.endswith(AFTER)
    for said in (first, again):
        assert "emerg" in said
        assert "{" not in said
        assert not any(sign.isdigit() for sign in said)
