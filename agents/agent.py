"""What an agent is: a name, the model that serves it, and how it is told to behave.

Owns the two small types that every agent is made of; knows nothing of a concrete one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.engines.protocol import FinishReason, Part, Usage
from core.settings.profiles import Role
from core.state import AgentName, Language, PastTurn, Preferences


@dataclass(frozen=True, slots=True)
class Agent:
    """One kind of answer. `role` finds its models in the configuration."""

    name: AgentName
    role: Role
    system_prompt: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Question:
    """All that an agent is asked at once.

    `parts` is the user's message, media first. `context` is what the caller wants known;
    `sources` are numbered passages to answer from and to cite, the best first.
    `opening` is streamed before the model's own words; it is not shown to the model.
    """

    parts: tuple[Part, ...]
    language: Language
    history: tuple[PastTurn, ...] = ()
    context: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    system_prompt: str | None = None
    tone_instruction: str = ""
    opening: str = ""
    preferences: Preferences = field(default_factory=Preferences)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `text` is the model's own words, without the opening.

    `sources` is how many of the question's, from the first, the model was shown.
    """

    text: str
    model: str
    finish_reason: FinishReason
    usage: Usage
    memory_mb: float | None
    sources: int = 0
    tried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
