"""How a text reads: one of seven labels, with valence and arousal.

Owns the reading of words by the trained heads; claims nothing about a voice or a face, and
knows nothing of what is done with the result. How they are trained: models/emotion.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from core.emotion.form import form_of
from core.emotion.heads import LABELS, SCALES, USUAL_VALENCE, load_model
from core.state import Emotion, Language
from core.text.features import features_of
from core.text.lexicon import Lexicon
from core.text.linear import Heads, shares_of_one

_EXPRESSIVE = re.compile(r"[^\s\w]")  # an emoji or "?!" tells something without words
_USUAL = np.array([USUAL_VALENCE[label] for label in LABELS])
NEUTRAL: Emotion = {"label": "neutral", "valence": 0.5, "arousal": 0.45, "confidence": 1.0}


class EmotionReader:
    """Pure and immutable; one instance serves all threads."""

    def __init__(self, heads: Heads, lexicon: Lexicon) -> None:
        self._heads = heads
        self._lexicon = lexicon

    @classmethod
    def load(cls) -> EmotionReader:
        """The packaged heads, loaded once per process."""
        return _packaged()

    def read(self, text: str, language: Language) -> Emotion:
        """What the writer of `text` seems to feel; a text without words is neutral.

        `confidence` is the calibrated probability of the label.
        """
        features = features_of(text, self._lexicon, form_of)
        if not features.reading.words and not _EXPRESSIVE.search(text):
            return NEUTRAL
        odds = self._heads.log_odds(features, language)
        shares = shares_of_one(odds[len(SCALES) :])
        best = int(np.argmax(shares))
        valence, arousal = np.clip(odds[: len(SCALES)], 0.0, 1.0).tolist()
        # What a label tells of valence is surer than the scale alone; of arousal it tells little.
        valence = (valence + float(_USUAL @ shares)) / 2
        return {
            "label": LABELS[best],
            "valence": round(valence, 3),
            "arousal": round(arousal, 3),
            "confidence": round(shares[best], 3),
        }


@cache
def _packaged() -> EmotionReader:
    heads, about = load_model()
    entries = ((kind, id_, tuple(said)) for kind, id_, said in about["cues"])
    return EmotionReader(heads, Lexicon.of(entries, ()))
