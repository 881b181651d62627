"""The columns of the emotion heads.

Owns what each column says, and where the trained heads lie; knows neither texts nor tones.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from core.text.lexicon import CueFile, read_cue_file
from core.text.linear import Heads, load_heads

Label = Literal["joy", "sadness", "anger", "fear", "surprise", "disgust", "neutral"]
LABELS: tuple[Label, ...] = get_args(Label)
SCALES = ("valence", "arousal")
USUAL_VALENCE: dict[Label, float] = {
    "joy": 0.85,
    "sadness": 0.2,
    "anger": 0.25,
    "fear": 0.25,
    "surprise": 0.6,
    "disgust": 0.2,
    "neutral": 0.5,
}
COLUMNS = (*SCALES, *LABELS)


def load_model() -> tuple[Heads, dict[str, Any]]:
    """The packaged heads, and the rest of what the training run wrote beside them."""
    return load_heads("core.emotion")


def read_cues() -> CueFile:
    """The packaged cues, checked against their form. Slow: the trained model holds them too."""
    return read_cue_file("core.emotion", "cues.yaml")
