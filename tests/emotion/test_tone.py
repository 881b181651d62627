from itertools import product
from typing import get_args

import pytest

from core.emotion.tone import prosody_of, tone_instruction, tone_style
from core.state import Emotion, Language, ToneStyle

TONES: tuple[ToneStyle, ...] = get_args(ToneStyle)
LANGUAGES: tuple[Language, ...] = get_args(Language)


def emotion(valence: float, arousal: float) -> Emotion:
    return {"label": "neutral", "valence": valence, "arousal": arousal, "confidence": 1.0}


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


def test_every_tone_has_its_own_instruction_in_both_languages() -> None:
    said = [tone_instruction(tone, language) for tone, language in product(TONES, LANGUAGES)]
    assert len(set(said)) == len(TONES) * len(LANGUAGES)
    assert all(sentence.endswith(".") for sentence in said)


def test_somebody_upset_is_answered_slower_and_quieter_than_somebody_glad() -> None:
    upset, glad = prosody_of("urgent_support"), prosody_of("energetic_positive")
    assert upset["rate"] < 1 < glad["rate"]
    assert upset["pitch"] < glad["pitch"]
    assert upset["volume"] < glad["volume"]


@pytest.mark.parametrize("tone", TONES)
def test_intensity_scales_the_voice_down_to_plain(tone: ToneStyle) -> None:
    assert prosody_of(tone, 0.0) == {"rate": 1.0, "pitch": 1.0, "volume": 1.0}
    half, whole = prosody_of(tone, 0.5), prosody_of(tone, 1.0)
    assert half["rate"] - 1 == pytest.approx((whole["rate"] - 1) / 2, abs=0.001)
