"""How a text reads: one of seven labels, with valence and arousal.

Owns the reading of words; claims nothing about a voice or a face, and knows nothing of
what is done with the result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.emotion.lexicon import Label, Lexicon, load_lexicon
from core.state import Emotion, Language
from core.text.folding import folded_words
from core.text.phrases import PhraseTable

NEUTRAL_VALENCE = 0.5
NEUTRAL_AROUSAL = 0.45
NEGATION_REACH = 3
STRENGTH_REACH = 2
SOFTENING_REACH = 3
STRENGTHENED = 1.4
SOFTENED = 0.5
DENIED = -0.4  # "not sad" is a little good, not glad
LOUD_AROUSAL = 0.15  # for exclamation marks, and again for capitals
_CLAUSE_END = re.compile(r"[,;:.!?](?=\s|$)|[\n¿¡]|\b(?:pero|but|y|and)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Signal:
    """One feeling found. `strength` is negative when it is denied."""

    label: Label
    valence: float
    arousal: float
    strength: float

    @property
    def weight(self) -> float:
        return abs(self.strength)


def detect_emotion(text: str, language: Language) -> Emotion:
    """The strongest feeling in `text`, and the mean valence and arousal of all of them.

    A denied feeling leaves the label neutral and moves the valence a little to the other
    side. Without any feeling: neutral, valence 0.5, arousal 0.45.
    """
    lexicon = load_lexicon(language)
    signals = [
        signal
        for clause in _CLAUSE_END.split(text)
        for signal in _signals(folded_words(clause), lexicon)
    ]
    if not signals:
        return _emotion("neutral", NEUTRAL_VALENCE, NEUTRAL_AROUSAL)
    total = sum(signal.weight for signal in signals)
    valence = sum(_valence(signal) * signal.weight for signal in signals) / total
    arousal = sum(_arousal(signal) * signal.weight for signal in signals) / total
    return _emotion(_label(signals), valence, arousal + _loudness(text))


def _signals(words: list[str], lexicon: Lexicon) -> list[_Signal]:
    found = lexicon.feelings.find(words)
    if not found:
        return []
    negated = _reach(lexicon.negators, words, NEGATION_REACH)
    strong = _reach(lexicon.strengtheners, words, STRENGTH_REACH)
    soft = _reach(lexicon.softeners, words, SOFTENING_REACH)
    signals = []
    for match in found:
        strength = STRENGTHENED if match.start in strong else 1.0
        strength *= SOFTENED if match.start in soft else 1.0
        strength = DENIED if match.start in negated else strength
        signals += [
            _Signal(feeling.label, feeling.valence, feeling.arousal, strength)
            for feeling in match.payloads
            if feeling is not None
        ]
    return signals


def _reach(table: PhraseTable[None], words: list[str], reach: int) -> set[int]:
    return {
        position
        for match in table.find(words)
        for position in range(match.end, min(match.end + reach, len(words)))
    }


def _valence(signal: _Signal) -> float:
    return NEUTRAL_VALENCE + (signal.valence - NEUTRAL_VALENCE) * signal.strength


def _arousal(signal: _Signal) -> float:
    """Strength adds to arousal; a denied feeling stirs nobody."""
    if signal.strength < 0:
        return NEUTRAL_AROUSAL
    return signal.arousal * (1.0 + 0.5 * (signal.strength - 1.0))


def _label(signals: list[_Signal]) -> Label:
    """The label with the most weight; the first one found wins a tie."""
    weights: dict[Label, float] = {}
    for signal in signals:
        if signal.strength > 0:
            weights[signal.label] = weights.get(signal.label, 0.0) + signal.strength
    return max(weights, key=lambda label: weights[label], default="neutral")


def _loudness(text: str) -> float:
    letters = [sign for sign in text if sign.isalpha()]
    shouted = len(letters) >= 8 and sum(sign.isupper() for sign in letters) > 0.7 * len(letters)
    return LOUD_AROUSAL * (("!" in text) + shouted)


def _emotion(label: Label, valence: float, arousal: float) -> Emotion:
    return {
        "label": label,
        "valence": round(min(1.0, max(0.0, valence)), 3),
        "arousal": round(min(1.0, max(0.0, arousal)), 3),
    }
