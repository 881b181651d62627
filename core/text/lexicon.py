"""Bilingual cues: words and phrases that name the same idea in Spanish and in English.

Owns the form of a file of cues and the table made of it; knows nothing of what a cue speaks
for: that is learned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.text.packaged import packaged_yaml
from core.text.phrases import PhraseTable
from core.text.spelling import Spelling

Kind = Literal["concept", "refusal", "denial", "intensifier"]
Entry = tuple[Kind, str, tuple[str, ...]]


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
    """One idea, whichever language names it."""

    id: str


class CueFile(BaseModel):
    """A whole file of cues."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    refusals: Phrases
    denials: Phrases
    intensifiers: Phrases
    continuations: Phrases = Phrases()
    concepts: tuple[Concept, ...]

    def entries(self) -> Iterator[Entry]:
        """Everything that a text is read for: kind, id, phrases."""
        yield "refusal", "refusal", self.refusals.all()
        yield "denial", "denial", self.denials.all()
        yield "intensifier", "intensifier", self.intensifiers.all()
        for concept in self.concepts:
            yield "concept", concept.id, concept.all()


@dataclass(frozen=True, slots=True)
class Cue:
    """What a phrase is: an idea, or something that bears on the ideas after it."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The cues, ready to be found in folded words, and how words are read that nobody knows."""

    cues: PhraseTable[Cue]
    continuations: PhraseTable[None]
    spelling: Spelling | None = None

    @classmethod
    def of(
        cls,
        entries: Iterator[Entry],
        continuations: tuple[str, ...],
        spelling: Spelling | None = None,
    ) -> Lexicon:
        return cls(
            PhraseTable((phrase, Cue(kind, id_)) for kind, id_, said in entries for phrase in said),
            PhraseTable((phrase, None) for phrase in continuations),
            spelling,
        )


def read_cue_file(package: str, name: str) -> CueFile:
    """A packaged file of cues, checked against its form. Slow: a trained model holds them too."""
    return CueFile.model_validate(packaged_yaml(package, name))
