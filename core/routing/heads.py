"""The columns of the routing heads.

Owns what each column says, and where the trained heads lie; knows neither texts nor routes.
"""

from __future__ import annotations

from typing import Any, get_args

from core.state import Task
from core.text.lexicon import CueFile, read_cue_file
from core.text.linear import Heads, load_heads

BINARY = ("hard", "soft", "web_query", "urgency", "creativity", "out_of_scope")
TASKS: tuple[Task, ...] = get_args(Task)
COLUMNS = (*BINARY, *TASKS)


def load_model() -> tuple[Heads, dict[str, Any]]:
    """The packaged heads, and the rest of what the training run wrote beside them."""
    return load_heads("core.routing")


def read_cues() -> CueFile:
    """The packaged cues, checked against their form. Slow: the trained model holds them too."""
    return read_cue_file("core.routing", "cues.yaml")
