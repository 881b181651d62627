"""The words of feeling in two languages.

Owns the form of lexicon.yaml and its loading; knows nothing of how feelings combine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from core.state import Language
from core.text.phrases import PhraseTable

LEXICON_FILE = "lexicon.yaml"
Label = Literal["joy", "sadness", "anger", "fear", "surprise", "disgust", "neutral"]


class Phrases(BaseModel):
    """The same thing said in Spanish and in English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    es: tuple[str, ...]
    en: tuple[str, ...]

    def of(self, language: Language) -> tuple[str, ...]:
        return self.es if language == "es" else self.en


class Feeling(Phrases):
    """Words that tell of one feeling, about as strongly."""

    label: Label
    valence: float = Field(ge=0, le=1)
    arousal: float = Field(ge=0, le=1)


class LexiconFile(BaseModel):
    """The whole of lexicon.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    negators: Phrases
    strengtheners: Phrases
    softeners: Phrases
    neutral: Phrases
    feelings: tuple[Feeling, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, ready to be found. A payload of None is no feeling."""

    feelings: PhraseTable[Feeling | None]
    negators: PhraseTable[None]
    strengtheners: PhraseTable[None]
    softeners: PhraseTable[None]


def read_lexicon() -> LexiconFile:
    """The packaged lexicon, checked against its form."""
    text = resources.files("core.emotion").joinpath(LEXICON_FILE).read_text(encoding="utf-8")
    return LexiconFile.model_validate(yaml.safe_load(text))


@cache
def load_lexicon(language: Language) -> Lexicon:
    """One language's words; built once per process, immutable, shared by threads."""
    words = read_lexicon()
    entries: list[tuple[str, Feeling | None]] = [
        (phrase, feeling) for feeling in words.feelings for phrase in feeling.of(language)
    ]
    entries += [(phrase, None) for phrase in words.neutral.of(language)]
    return Lexicon(
        feelings=PhraseTable(entries),
        negators=_table(words.negators, language),
        strengtheners=_table(words.strengtheners, language),
        softeners=_table(words.softeners, language),
    )


def _table(phrases: Phrases, language: Language) -> PhraseTable[None]:
    return PhraseTable((phrase, None) for phrase in phrases.of(language))
