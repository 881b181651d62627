"""The prompts that the project wrote for the classifier, as labelled examples.

Owns the form of data/*.tsv: an id, a task, marks, and the same prompt in Spanish and in
English. Marks: h hard, s soft, w wants the web, u urgent, c creative, o out of scope;
e annoyed at a machine, which is a little soft; f a fact that few know by heart, which the web
may be wanted for; k a fact that most know, for which it hardly is.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.routing.heads import BINARY

DATA = Path(__file__).with_name("data")
LANGUAGES = ("es", "en")
GENERATED = ("frames", "topics")
SEED = 7
RARE_FACT, COMMON_FACT = 0.35, 0.15  # how much of a web query such a question is
ANNOYED = 0.25  # how soft such a text is
FRAME_TOPICS = 7  # topics that each frame is filled with
_MARKS = {"h": "hard", "s": "soft", "w": "web_query", "u": "urgency", "c": "creativity"}


@dataclass(frozen=True, slots=True)
class Example:
    """One text. `targets` are probabilities; a head that it lacks is not told anything.

    Examples of one `id` are translations or copies of one another, and never apart in a split.
    """

    id: str
    text: str
    language: str
    task: str | None
    targets: dict[str, float]
    weight: float = 1.0
    source: str = "written"


def written() -> list[Example]:
    """Every prompt that a person wrote, in both languages."""
    files = sorted(path for path in DATA.glob("*.tsv") if path.stem not in GENERATED)
    return [example for path in files for row in _rows(path) for example in _both(row)]


def filled_frames(seed: int) -> list[Example]:
    """Frames such as "write a poem about {t}" with drawn topics, so that topics mean nothing."""
    rng = random.Random(seed)
    topics = list(_rows(DATA / "topics.tsv"))
    examples = []
    for frame in _rows(DATA / "frames.tsv"):
        for number, topic in enumerate(rng.sample(topics, FRAME_TOPICS)):
            row = {**frame, "id": f"{frame['id']}-{number}"}
            for language in LANGUAGES:
                row[language] = _contracted(frame[language].replace("{t}", topic[language]))
            examples += [_weighed(example, 0.25, "frames") for example in _both(row)]
    return examples


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _both(row: dict[str, str]) -> Iterator[Example]:
    task = None if row["task"] == "-" else row["task"]
    for language in LANGUAGES:
        text = row[language].replace("\\n", "\n")
        yield Example(row["id"], text, language, task, _targets(row["marks"]))


def _targets(marks: str) -> dict[str, float]:
    if "o" in marks:
        return {head: float(head == "out_of_scope") for head in BINARY}
    targets = dict.fromkeys(BINARY, 0.0)
    targets |= {_MARKS[mark]: 1.0 for mark in marks if mark in _MARKS}
    if "e" in marks:
        targets["soft"] = ANNOYED
    if "f" in marks:
        targets["web_query"] = RARE_FACT
    if "k" in marks:
        targets["web_query"] = COMMON_FACT
    return targets


def _contracted(text: str) -> str:
    return re.sub(r"\ba el ", "al ", re.sub(r"\bde el ", "del ", text))


def _weighed(example: Example, weight: float, source: str) -> Example:
    return Example(
        example.id,
        example.text,
        example.language,
        example.task,
        example.targets,
        weight,
        source,
    )
