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
COLUMNS = (*SCALES, *LABELS)


def load_model() -> tuple[Heads, dict[str, Any]]:
    """The packaged heads, and the rest of what the training run wrote beside them."""
    return load_heads("core.emotion")


def read_cues() -> CueFile:
    """The packaged cues, checked against their form. Slow: the trained model holds them too."""
    return read_cue_file("core.emotion", "cues.yaml")
