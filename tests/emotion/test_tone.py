from itertools import product
from typing import get_args

import pytest

from core.emotion.lexicon import Label
from core.emotion.tone import opening, tone_instruction, tone_style
from core.state import Emotion, Language, ToneStyle

TONES: tuple[ToneStyle, ...] = get_args(ToneStyle)
LANGUAGES: tuple[Language, ...] = get_args(Language)
LABELS: tuple[Label, ...] = get_args(Label)


def emotion(valence: float = 0.5, arousal: float = 0.5, label: str = "neutral") -> Emotion:
    return {"label": label, "valence": valence, "arousal": arousal}


@pytest.mark.parametrize(
    ("valence", "arousal", "tone"),
    [
        (0.65, 0.60, "energetic_positive"),
        (0.65, 0.59, "warm_positive"),
        (0.64, 0.60, "neutral_support"),
        (0.35, 0.60, "urgent_support"),
        (0.35, 0.59, "soft_support"),
        (0.36, 0.59, "neutral_support"),
        (0.50, 0.70, "focused_alert"),
        (0.50, 0.69, "neutral_support"),
        (0.50, 0.30, "low_energy"),
        (0.50, 0.31, "neutral_support"),
        (1.0, 1.0, "energetic_positive"),
        (0.0, 0.0, "soft_support"),
    ],
)
def test_thresholds(valence: float, arousal: float, tone: str) -> None:
    assert tone_style(emotion(valence, arousal)) == tone


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_support_tones_open(language: Language) -> None:
    for tone, label in product(TONES, LABELS):
        said = opening(emotion(label=label), tone, language)
        if tone in ("urgent_support", "soft_support"):
            assert said.endswith(". ")
            assert said == opening(emotion(label=label), tone, language)
        else:
            assert said == ""


def test_an_opening_speaks_the_users_language_and_of_the_feeling() -> None:
    sad = emotion(label="sadness")
    assert opening(sad, "soft_support", "es").startswith("Siento mucho")
    assert opening(sad, "soft_support", "en").startswith("I'm so sorry")
    angry = emotion(label="anger")
    assert opening(angry, "urgent_support", "es") != opening(sad, "urgent_support", "es")


def test_every_tone_has_its_own_instruction_in_both_languages() -> None:
    said = [tone_instruction(tone, language) for tone, language in product(TONES, LANGUAGES)]
    assert len(set(said)) == len(TONES) * len(LANGUAGES)
    assert all(sentence.endswith(".") for sentence in said)
