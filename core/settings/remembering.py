"""What is kept of a person's words, to come back to them.

Knows nothing of where it is kept.
"""

from __future__ import annotations

from pydantic import Field

from core.settings.section import Section


class MemorySettings(Section):
    """What is remembered of a person, and comes back.

    `enabled`: facts that they asked to be remembered. `turns`: also what is said in
    conversations, as long as the conversation is kept. `top_k`: how many memories a model is
    shown at the most.
    """

    enabled: bool = True
    turns: bool = False
    top_k: int = Field(4, ge=1)


class AnswerCacheSettings(Section):
    """`above_zero`: also give answers again that the model would put into other words."""

    enabled: bool = True
    ttl_s: float = Field(86_400.0, gt=0)
    max_answers: int = Field(500, ge=1)
    above_zero: bool = False
