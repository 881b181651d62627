"""The tone of an answer, and the words that carry it.

Owns the thresholds, the openings and the instructions; knows nothing of models.
"""

from __future__ import annotations

from core.state import Emotion, Language, ToneStyle

# An opening is said for the user's own feeling; anything else falls back to "other".
_OPENINGS: dict[tuple[ToneStyle, Language], dict[str, str]] = {
    ("soft_support", "es"): {
        "sadness": "Siento mucho que estés pasando por esto. ",
        "fear": "Es normal que eso te preocupe. ",
        "anger": "Entiendo que te moleste. ",
        "other": "Siento que no sea un buen momento. ",
    },
    ("soft_support", "en"): {
        "sadness": "I'm so sorry you're going through this. ",
        "fear": "It makes sense that this worries you. ",
        "anger": "I understand why that bothers you. ",
        "other": "I'm sorry this isn't a good moment. ",
    },
    ("urgent_support", "es"): {
        "sadness": "Lo siento muchísimo; estoy aquí contigo. ",
        "fear": "Vamos con calma, estoy aquí contigo. ",
        "anger": "Entiendo tu enfado, y tienes derecho a sentirlo. ",
        "other": "Entiendo que esto es difícil; vamos paso a paso. ",
    },
    ("urgent_support", "en"): {
        "sadness": "I'm so very sorry; I'm here with you. ",
        "fear": "Let's take it slowly, I'm here with you. ",
        "anger": "I understand your anger, and you have every right to feel it. ",
        "other": "I can see that this is hard; let's take it one step at a time. ",
    },
}

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


def opening(emotion: Emotion, tone: ToneStyle, language: Language) -> str:
    """A sentence to put before the answer, with a blank after it.

    Empty except for the two support tones; the same feeling always gets the same words.
    """
    sentences = _OPENINGS.get((tone, language))
    if sentences is None:
        return ""
    return sentences.get(emotion["label"], sentences["other"])


def tone_instruction(tone: ToneStyle, language: Language) -> str:
    """One sentence for the system prompt that asks the model for this tone."""
    return _INSTRUCTIONS[tone][language]
