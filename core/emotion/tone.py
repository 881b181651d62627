"""The tone of an answer: which one, what the model is told of it, and how it sounds aloud.

Owns the thresholds, the instructions and the prosody; knows nothing of models.
"""

from __future__ import annotations

from core.state import Emotion, Language, Prosody, ToneStyle

_INSTRUCTIONS: dict[ToneStyle, dict[Language, str]] = {
    "energetic_positive": {
        "es": "Responde con energía y comparte la alegría de la persona.",
        "en": "Answer with energy and share the person's joy.",
    },
    "warm_positive": {
        "es": "Responde con calidez y cercanía.",
        "en": "Answer in a warm and friendly way.",
    },
    "urgent_support": {
        "es": "La persona está muy afectada: responde con calma, con frases cortas y pasos claros.",
        "en": "The person is very upset: answer calmly, in short sentences and clear steps.",
    },
    "soft_support": {
        "es": "La persona lo está pasando mal: responde con delicadeza, sin prisas y sin sermones.",
        "en": "The person is having a hard time: answer gently, without hurry or lecturing.",
    },
    "focused_alert": {
        "es": "Responde de forma directa y concreta: lo importante primero.",
        "en": "Answer directly and to the point: what matters comes first.",
    },
    "low_energy": {
        "es": "Responde con tranquilidad y brevedad.",
        "en": "Answer quietly and briefly.",
    },
    "neutral_support": {
        "es": "Responde con amabilidad y claridad.",
        "en": "Answer in a kind and clear way.",
    },
}


def tone_style(emotion: Emotion) -> ToneStyle:
    """The tone for a feeling.

    Source: SARAi's published thresholds. They leave open which arousal parts the two
    support tones; it is the one that parts the two positive ones.
    """
    valence, arousal = emotion["valence"], emotion["arousal"]
    if valence >= 0.65:
        return "energetic_positive" if arousal >= 0.6 else "warm_positive"
    if valence <= 0.35:
        return "urgent_support" if arousal >= 0.6 else "soft_support"
    if arousal >= 0.7:
        return "focused_alert"
    return "low_energy" if arousal <= 0.3 else "neutral_support"


def tone_instruction(tone: ToneStyle, language: Language) -> str:
    """One sentence for the system prompt that asks the model for this tone."""
    return _INSTRUCTIONS[tone][language]


# Rate, pitch and volume of the voice, as factors. Somebody upset is answered slower and lower.
_PROSODY: dict[ToneStyle, tuple[float, float, float]] = {
    "energetic_positive": (1.08, 1.12, 1.05),
    "warm_positive": (1.0, 1.06, 1.0),
    "urgent_support": (0.88, 0.94, 0.95),
    "soft_support": (0.9, 0.94, 0.9),
    "focused_alert": (1.05, 1.0, 1.05),
    "low_energy": (0.92, 0.95, 0.9),
    "neutral_support": (1.0, 1.0, 1.0),
}


def prosody_of(tone: ToneStyle, intensity: float = 1.0) -> Prosody:
    """How a reply in this tone is read aloud; `intensity` (0 to 1) is how far from plain."""
    rate, pitch, volume = (round(1.0 + (part - 1.0) * intensity, 3) for part in _PROSODY[tone])
    return {"rate": rate, "pitch": pitch, "volume": volume}
