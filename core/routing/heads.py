"""The columns of the routing heads.

Owns what each column says, and where the trained heads lie; knows neither texts nor routes.
"""

from __future__ import annotations

from typing import Any, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from core.state import Task
from core.text.lexicon import CueFile, read_cue_file
from core.text.linear import Heads, load_heads

BINARY = ("hard", "soft", "fresh", "fact", "urgency", "creativity", "out_of_scope")
TASKS: tuple[Task, ...] = get_args(Task)
COLUMNS = (*BINARY, *TASKS)
LOOKED_UP = 0.35  # how much of a web query a fact that lasts is, where few know it by heart

Chances = TypeVar("Chances", float, NDArray[np.float64])


def web_query(fresh: Chances, fact: Chances) -> Chances:
    """How much the web is wanted: for facts of today, and a little for those that last."""
    return fresh + LOOKED_UP * fact * (1 - fresh)


def load_model() -> tuple[Heads, dict[str, Any]]:
    """The packaged heads, and the rest of what the training run wrote beside them."""
    return load_heads("core.routing")


def read_cues() -> CueFile:
    """The packaged cues, checked against their form. Slow: the trained model holds them too."""
    return read_cue_file("core.routing", "cues.yaml")
