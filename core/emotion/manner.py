"""How an answer shall sound, decided before its first word.

Owns what the model is told of tone, Spanish and opening; knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.emotion.crisis import in_crisis
from core.emotion.detect import EmotionReader
from core.emotion.openings import address_of, careful_answer, careful_opening, opening
from core.emotion.spanish import spanish_of
from core.emotion.tone import prosody_of, tone_instruction, tone_style
from core.state import Address, Emotion, Language, PastTurn, Prosody, Spanish, ToneStyle, Variety

_COUNTRIES: dict[Variety, str] = {
    "es-ES": "España",
    "es-MX": "México",
    "es-AR": "Argentina",
    "es-CO": "Colombia",
    "es-CL": "Chile",
}
_ADDRESSING: dict[Address, str] = {
    "tú": "Tutéala.",
    "vos": "Trátala de vos.",
    "usted": "Trátala de usted.",
}
_CRISIS: dict[Language, str] = {
    "es": "La persona puede estar en peligro. Responde con calma, en frases cortas y sencillas, "
    "sin juzgar ni prometer nada; anímala a hablar con alguien de confianza y con un "
    "profesional. No des ningún número de teléfono ni describas métodos.",
    "en": "The person may be in danger. Answer calmly, in short plain sentences, without judging "
    "or promising; encourage them to talk to somebody they trust and to a professional. Give no "
    "telephone number and describe no methods.",
}
_GO_ON: dict[Language, str] = {
    "es": "Tu respuesta ya empieza así: «{said}». Sigue desde ahí sin repetirlo.",
    "en": 'Your answer already begins: "{said}". Go on from there without repeating it.',
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How the user's words read, and how the answer shall sound.

    `careful`: the person may be in danger, so no telephone number of the model's is passed on.
    `answer` is the whole answer where no model is asked: the first to somebody in danger.
    """

    emotion: Emotion | None = None
    style: ToneStyle | None = None
    spanish: Spanish | None = None
    instruction: str = ""
    opening: str = ""
    prosody: Prosody | None = None
    careful: bool = False
    answer: str = ""


def manner_of(
    text: str,
    reader: EmotionReader,
    *,
    written_in: Language,
    reply_in: Language,
    history: Sequence[PastTurn] = (),
    intensity: float = 1.0,
) -> Manner:
    """The manner in which `text` is answered, from its words alone.

    Args:
        intensity: 0 to 1; at 0 a feeling is noted and moves nothing. Care does not depend on it.
    """
    emotion = reader.read(text, written_in)
    careful = in_crisis(text)
    style: ToneStyle = "urgent_support" if careful else tone_style(emotion)
    spanish = spanish_of(text, history) if written_in == "es" else None
    answer = careful_answer(reply_in, spanish) if careful else ""
    if any(turn["assistant"] == answer for turn in history):
        answer = ""
    if careful:
        said = "" if answer else careful_opening(reply_in, spanish)
    else:
        said = opening(emotion, style, reply_in, spanish, intensity=intensity, history=history)
    parts = (
        tone_instruction(style, reply_in) if intensity > 0 or careful else "",
        _CRISIS[reply_in] if careful else "",
        _spanish_instruction(spanish) if spanish and reply_in == "es" else "",
        _GO_ON[reply_in].format(said=said.strip()) if said else "",
    )
    instruction = " ".join(filter(None, parts))
    prosody = prosody_of(style, intensity)
    return Manner(emotion, style, spanish, instruction, said, prosody, careful, answer)


def _spanish_instruction(spanish: Spanish) -> str:
    """Nothing when no word showed how the person writes."""
    said = []
    country = _COUNTRIES.get(spanish["variety"])
    if country:
        said.append(f"La persona escribe en español de {country}: usa sus palabras sin exagerarlo.")
    if spanish["address"] or country:
        said.append(_ADDRESSING[address_of(spanish)])
    if spanish["formality"] == "formal":
        said.append("Usa un registro formal.")
    return " ".join(said)
