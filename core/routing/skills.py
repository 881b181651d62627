"""Skills: presets of prompt and temperature for kinds of question.

Owns their form and which one fits a classification; knows neither agents nor models.
"""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from core.routing.classifier import Classification
from core.routing.token_budget import HURRY, answer_tokens
from core.state import Language, Task, TextRoute
from core.text.packaged import packaged_yaml

SKILLS_FILE = "skills.yaml"
# Feelings and documents have manners of their own.
SKILLED: tuple[TextRoute, ...] = ("expert", "tiny")
# Of the marks that reading.py puts before a concept, the one that does not deny it.
_STRONGER = "very "


class Skill(BaseModel):
    """One preset. `es` and `en` are what the model is told, in the language of its reply."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    temperature: float = Field(ge=0, le=2)
    max_tokens: int | None = Field(None, ge=1)
    tasks: tuple[Task, ...]
    cues: tuple[str, ...] = ()
    hard_above: float = Field(0.0, ge=0, le=1)
    urgent: bool = False
    es: str
    en: str

    def instruction(self, language: Language) -> str:
        return self.es if language == "es" else self.en

    def fits(self, found: Classification) -> bool:
        """Whether this preset is for what was classified."""
        cues = {cue.removeprefix(_STRONGER) for cue in found.evidence.features.reading.cues}
        return (
            found.task in self.tasks
            and found.hard >= self.hard_above
            and (not self.urgent or found.urgency > HURRY)
            and (not self.cues or not cues.isdisjoint(self.cues))
        )


@cache
def skills() -> dict[str, Skill]:
    """The packaged skills by id, in the order in which they are tried."""
    entries = packaged_yaml("core.routing", SKILLS_FILE)
    read = [Skill.model_validate(entry) for entry in entries]
    return {skill.id: skill for skill in read}


def choose_skill(found: Classification) -> Skill | None:
    """The first skill that fits; None for what needs no preset."""
    return next((skill for skill in skills().values() if skill.fits(found)), None)


def longest_answer(found: Classification, skill: Skill | None) -> int:
    """In tokens: the skill's own limit, else by difficulty, task and hurry."""
    if skill is not None and skill.max_tokens is not None:
        return skill.max_tokens
    return answer_tokens(found.hard, found.task, urgency=found.urgency)
