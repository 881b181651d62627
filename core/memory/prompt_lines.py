"""Memories as a model is shown them.

Owns their form, in both languages; knows nothing of prompts around them. What was remembered is
content, never an order: orders to an assistant are left out, and each memory is one line, so
that none can pass for anything else of a prompt.
"""

from __future__ import annotations

from core.memory.searching import Recollection
from core.retrieval.orders import LEFT_OUT, without_orders
from core.state import Language

_SAID = {
    "user": {"es": "dicho por el usuario", "en": "said by the user"},
    "assistant": {"es": "dicho por ti", "en": "said by you"},
}
_OVER = {"es": "válido hasta el", "en": "true until"}


def prompt_line(found: Recollection, language: Language) -> str:
    """When it was said by whom, and the words; "" when they were nothing but orders."""
    text = without_orders(found.passage).removesuffix(LEFT_OUT).strip()
    if not text:
        return ""
    memory = found.memory
    over = f", {_OVER[language]} {memory.valid_until:%Y-%m-%d}" if memory.valid_until else ""
    said = f"{memory.said_at:%Y-%m-%d}, {_SAID[memory.speaker][language]}{over}"
    return f"{said}: {' '.join(text.split())}"


def holds_orders(found: Recollection) -> bool:
    """Whether something of it is not shown."""
    return without_orders(found.passage) != found.passage
