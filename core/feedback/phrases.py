"""What people say of an answer, in two languages.

Owns the form of signals.yaml and its loading; knows nothing of how the phrases are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.text.packaged import packaged_yaml
from core.text.phrases import PhraseTable

SIGNALS_FILE = "signals.yaml"
Said = Literal["thanks", "objection", "repetition"]


class _Phrases(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    whole: tuple[str, ...]
    opening: tuple[str, ...]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    thanks: _Phrases
    objection: _Phrases
    repetition: _Phrases
    signs: dict[Said, str]
    fillers: tuple[str, ...]
    function_words: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of one phrase: what it says (None: nothing), and whether the clause may go on."""

    said: Said | None
    may_go_on: bool = False


@dataclass(frozen=True, slots=True)
class Phrases:
    """`signs` are single characters; `function_words` tell nothing of a question's matter."""

    table: PhraseTable[Meaning]
    signs: dict[str, Said]
    function_words: frozenset[str]


@cache
def phrases() -> Phrases:
    """The packaged file, read once."""
    file = _File.model_validate(packaged_yaml("core.feedback", SIGNALS_FILE))
    return Phrases(
        PhraseTable(_entries(file)),
        {sign: said for said, signs in file.signs.items() for sign in signs},
        frozenset(file.function_words.split()),
    )


def _entries(file: _File) -> Iterator[tuple[str, Meaning]]:
    said: Said
    for said in ("thanks", "objection", "repetition"):
        listed: _Phrases = getattr(file, said)
        yield from ((phrase, Meaning(said)) for phrase in listed.whole)
        yield from ((phrase, Meaning(said, may_go_on=True)) for phrase in listed.opening)
    yield from ((phrase, Meaning(None)) for phrase in file.fillers)
