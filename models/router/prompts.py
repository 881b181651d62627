"""The prompts that the project wrote for the classifier, as labelled examples.

Owns the form of data/*.tsv: an id, a task, marks, and the same prompt in Spanish and in
English. Marks: h hard, s soft, w facts of today, u urgent, c creative, o out of scope;
e annoyed at a machine, which is a little soft; f a fact that lasts and that few know by heart;
k one that most know, which is hardly looked up.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from core.routing.heads import BINARY

DATA = Path(__file__).with_name("data")
LANGUAGES = ("es", "en")
GENERATED = ("frames", "around", "topics")
SEED = 7
RARE_FACT, COMMON_FACT = 1.0, 0.4  # how much such a question is to be looked up
ANNOYED = 0.25  # how soft such a text is
FOLDS = 5
FRAME_TOPICS = 7  # topics that each frame is filled with
PASSAGE_PROMPTS = 3  # prompts that one passage is made of
_MARKS = {"h": "hard", "s": "soft", "w": "fresh", "u": "urgency", "c": "creativity"}


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
    return [example for row in _written_rows() for example in _both(row)]


def filled_frames(seed: int) -> list[Example]:
    """Frames such as "write a poem about {t}" with drawn topics, so that topics mean nothing;
    and orders around long passages, which are drawn prompts one after another.
    """
    rng = random.Random(seed)
    topics, prompts = list(_rows(DATA / "topics.tsv")), list(_written_rows())
    examples: list[Example] = []
    for frame in _rows(DATA / "frames.tsv"):
        examples += _filled(frame, rng.sample(topics, FRAME_TOPICS))
    for frame in _rows(DATA / "around.tsv"):
        # Of its own fold, so that no prompt is judged by heads that saw it in a passage.
        near = [row for row in prompts if _fold(row["id"]) == _fold(frame["id"])]
        drawn = [rng.sample(near, PASSAGE_PROMPTS) for _ in range(FRAME_TOPICS)]
        passages = [
            {each: " ".join(row[each] for row in rows) for each in LANGUAGES} for rows in drawn
        ]
        examples += _filled(frame, passages)
    return examples


def fold_of(example: Example) -> int:
    """The same for all translations, copies and fillings of one prompt."""
    return _fold(example.id.rsplit("-", 1)[0] if example.source == "frames" else example.id)


def _fold(name: str) -> int:
    return crc32(name.encode()) % FOLDS


def _filled(frame: dict[str, str], fillings: list[dict[str, str]]) -> Iterator[Example]:
    for number, filling in enumerate(fillings):
        row = {**frame, "id": f"{frame['id']}-{number}"}
        for language in LANGUAGES:
            row[language] = _contracted(frame[language].replace("{t}", filling[language]))
        yield from (_weighed(example, 0.25, "frames") for example in _both(row))


def _written_rows() -> Iterator[dict[str, str]]:
    files = sorted(path for path in DATA.glob("*.tsv") if path.stem not in GENERATED)
    return (row for path in files for row in _rows(path))


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
        targets["fact"] = RARE_FACT
    if "k" in marks:
        targets["fact"] = COMMON_FACT
    if "w" in marks:
        del targets["fact"]  # which is asked only of what is not fresh
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
