"""The bilingual cues that the classifier reads.

Owns the form of cues.yaml and its loading; knows nothing of how evidence adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field

from core.state import Task
from core.text.phrases import PhraseTable

CUES_FILE = "cues.yaml"
TASKS: tuple[Task, ...] = get_args(Task)


class Phrases(BaseModel):
    """The same thing said in Spanish, in English, or in words that both use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    es: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    both: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Each phrase once, though both languages may list it."""
        return tuple(dict.fromkeys(self.es + self.en + self.both))


class Concept(Phrases):
    """One idea, whichever language names it, and the evidence it gives.

    `shields`: evidence for other scores is multiplied by this when the concept is present,
    unless an `anchor` concept says that the technical thing itself is asked for.
    """

    id: str
    hard: float = Field(0.0, ge=0)
    soft: float = Field(0.0, ge=0)
    web_query: float = Field(0.0, ge=0)
    tasks: dict[Task, float] = {}
    shields: float = Field(1.0, gt=0, le=1)
    anchor: bool = False


class CueFile(BaseModel):
    """The whole of cues.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    refusals: Phrases
    denials: Phrases
    intensifiers: Phrases
    continuations: Phrases
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The cues, ready to be found in folded words."""

    concepts: PhraseTable[Concept]
    refusals: PhraseTable[None]
    denials: PhraseTable[None]
    intensifiers: PhraseTable[None]
    continuations: PhraseTable[None]


def read_cues() -> CueFile:
    """The packaged cues, checked against their form."""
    text = resources.files("core.routing").joinpath(CUES_FILE).read_text(encoding="utf-8")
    return CueFile.model_validate(yaml.safe_load(text))


@cache
def load_lexicon() -> Lexicon:
    """The packaged cues as tables; built once per process, immutable, shared by threads."""
    cues = read_cues()
    return Lexicon(
        concepts=PhraseTable(
            (phrase, concept) for concept in cues.concepts for phrase in concept.all()
        ),
        refusals=_table(cues.refusals),
        denials=_table(cues.denials),
        intensifiers=_table(cues.intensifiers),
        continuations=_table(cues.continuations),
    )


def _table(phrases: Phrases) -> PhraseTable[None]:
    return PhraseTable((phrase, None) for phrase in phrases.all())
