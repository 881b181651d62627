"""Topics: kinds of things, what can be said of them and what can be asked.

Owns the reading of data/topics_*.txt and data/heldout_*.txt. A topic is a line
`# name: entity | entity` and lines `kind: sentence | sentence -> question | question`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from models.nano.text.word_lists import DATA, Language, Split


@dataclass(frozen=True)
class Relation:
    """One thing that can be said of an entity {e}, with a value {v} of `kind`."""

    kind: str
    sentences: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    name: str
    entities: tuple[str, ...]
    relations: tuple[Relation, ...]


@cache
def topics(language: Language, split: Split) -> tuple[Topic, ...]:
    """The topics of a split; none is in both."""
    name = "topics" if split == "train" else "heldout"
    text = (DATA / f"{name}_{language}.txt").read_text(encoding="utf-8")
    return tuple(_topic(block) for block in text.strip().split("\n\n"))


def _topic(block: str) -> Topic:
    head, *lines = block.strip().splitlines()
    name, entities = head.removeprefix("# ").split(": ", 1)
    return Topic(name, _parts(entities), tuple(_relation(line) for line in lines))


def _relation(line: str) -> Relation:
    kind, rest = line.split(": ", 1)
    sentences, questions = rest.split(" -> ")
    return Relation(kind, _parts(sentences), _parts(questions))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(" | "))
