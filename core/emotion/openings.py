"""The acknowledging words before an answer.

Owns the sentences of openings.yaml, their forms of address, and when one is due; knows nothing
of models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import get_args

from core.state import Address, Emotion, Language, PastTurn, Spanish, ToneStyle
from core.text.packaged import packaged_yaml

# An opening that is not due hurts more than one that is missing.
DUE = 0.5
DUE_FOR_JOY = 0.7
AFTER = "\n\n"  # a paragraph of its own, so that a list, a table or code after it stays one
_STRENGTHS: dict[ToneStyle, str] = {
    "soft_support": "soft",
    "urgent_support": "urgent",
    "energetic_positive": "energetic",
}
_FORMS = re.compile(r"\{([^{}|]*)\|([^{}|]*)\|([^{}|]*)\}")
_ADDRESSES: tuple[Address, ...] = get_args(Address)


def opening(
    emotion: Emotion,
    tone: ToneStyle,
    language: Language,
    spanish: Spanish | None = None,
    *,
    intensity: float = 1.0,
    history: Sequence[PastTurn] = (),
) -> str:
    """A sentence to put before the answer, with an empty line after it; often none.

    It is due for sadness, fear and anger in a support tone and for great joy, when the feeling
    is likely enough: its probability times `intensity` (0 to 1). The answer before did not
    begin with it.
    """
    due = DUE_FOR_JOY if emotion["label"] == "joy" else DUE
    strength = _STRENGTHS.get(tone)
    if strength is None or emotion["confidence"] * intensity < due:
        return ""
    sentence = _sentences()[language].get(emotion["label"], {}).get(strength)
    return "" if sentence is None else _unless_just_said(_addressed(sentence, spanish), history)


def careful_answer(language: Language, spanish: Spanish | None) -> str:
    """What somebody in crisis is told first: a whole answer, without any telephone number."""
    return _addressed(_sentences()[language]["crisis"]["first"], spanish)


def careful_opening(language: Language, spanish: Spanish | None) -> str:
    """What begins the answers after that."""
    return _addressed(_sentences()[language]["crisis"]["again"], spanish) + AFTER


def _unless_just_said(sentence: str, history: Sequence[PastTurn]) -> str:
    if history and history[-1]["assistant"].startswith(sentence):
        return ""
    return sentence + AFTER


def _addressed(sentence: str, spanish: Spanish | None) -> str:
    place = _ADDRESSES.index(address_of(spanish)) + 1
    return _FORMS.sub(lambda forms: forms[place], sentence)


def address_of(spanish: Spanish | None) -> Address:
    """How to speak to somebody: as they do; else vos in Argentina and tú elsewhere."""
    if spanish is None:
        return "tú"
    return spanish["address"] or ("vos" if spanish["variety"] == "es-AR" else "tú")


@cache
def _sentences() -> dict[Language, dict[str, dict[str, str]]]:
    read: dict[Language, dict[str, dict[str, str]]]
    read = packaged_yaml("core.emotion", "openings.yaml")
    return read
