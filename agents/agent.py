"""What an agent is: a name, the model that serves it, and how it is told to behave.

Owns the two small types that every agent is made of; knows nothing of a concrete one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.engines.protocol import Engine, FinishReason, JsonSchema, Message, Part, Usage
from core.settings.profiles import Role
from core.state import AgentName, Language, PastTurn, Preferences


@dataclass(frozen=True, slots=True)
class Agent:
    """One kind of answer. `role` finds its models in the configuration."""

    name: AgentName
    role: Role
    system_prompt: Mapping[Language, str]


Compose = Callable[[Engine, int], tuple[tuple[Message, ...], tuple[str, ...]]]
"""Takes the loaded model and the tokens that its answer may have; gives the messages that fit,
and what is to be told about them."""


@dataclass(frozen=True, slots=True)
class Question:
    """All that an agent is asked at once.

    `parts` is the user's message, media first. `context` is what the caller wants known;
    `sources` are numbered passages to answer from and to cite, the best first; `memories` are
    what is remembered that bears on the question, the best first.
    `skill_instruction`, `max_tokens` and `temperature` are what this kind of question wants;
    the caller's preferences and the configuration outrank the two figures.
    `opening` is streamed before the model's own words. `without_telephones`: numbers of three
    digits or more are replaced, since an invented one could do harm.
    `models` are who is asked, the next when one fails; empty: the agent's own.
    `compose` makes the messages in place of all that is said here about them.
    `json_schema` is what the answer is held to.
    `quoted` is the answer where a model is reached that leaves passages their own words
    (`quotes_passages` of its settings).
    """

    parts: tuple[Part, ...]
    language: Language
    history: tuple[PastTurn, ...] = ()
    context: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()
    system_prompt: str | None = None
    tone_instruction: str = ""
    opening: str = ""
    without_telephones: bool = False
    skill_instruction: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    preferences: Preferences = field(default_factory=Preferences)
    models: tuple[str, ...] = ()
    compose: Compose | None = None
    json_schema: JsonSchema | None = None
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `text` is the model's own words, without the opening.

    `sources` and `memories` are how many of the question's, from the first, the model was shown.
    `numbers_left_out`: how many telephone numbers were replaced in it. `quoted`: the text is
    the question's, since `model` leaves passages their own words; it was not asked.
    """

    text: str
    model: str
    finish_reason: FinishReason
    usage: Usage
    memory_mb: float | None
    sources: int = 0
    memories: int = 0
    numbers_left_out: int = 0
    quoted: bool = False
    tried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
