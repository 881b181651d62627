"""What the emotion heads learn from, as labelled texts.

Owns the form of data/*.tsv (the same text in Spanish and in English), what the routing's own
prompts are told to feel, and which rows of the public sets are taken. All of them are
permissive; a set that is not there is left out, and the card says so.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.emotion.heads import LABELS, USUAL_VALENCE, Label
from models.router import prompts

DATA = Path(__file__).with_name("data")
LANGUAGES = ("es", "en")
# Arousal of a text of which only the label is known.
USUAL_AROUSAL: dict[Label, float] = {
    "joy": 0.65,
    "sadness": 0.4,
    "anger": 0.75,
    "fear": 0.7,
    "surprise": 0.7,
    "disgust": 0.5,
    "neutral": 0.42,
}
FEELING_WEIGHT, REQUEST_WEIGHT, PUBLIC_WEIGHT = 3.0, 1.0, 0.4
_TAKEN = {"GoEmotions (Ekman)": 43_410, "XED": 7_000}
# XED's numbers. Anticipation (2) and trust (8) are none of the six, so alone they are neutral.
_XED = {"1": "anger", "3": "disgust", "4": "fear", "5": "joy", "6": "sadness", "7": "surprise"}


@dataclass(frozen=True, slots=True)
class Told:
    """One text. Several labels share its weight; `id` is that of its translations and copies."""

    id: str
    text: str
    language: str
    labels: tuple[Label, ...]
    valence: float
    arousal: float
    weight: float
    source: str = "written"


def written() -> list[Told]:
    """Everything that a person wrote for the project, in both languages."""
    return [*_feelings(), *_requests(), *_routed()]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _feelings() -> Iterator[Told]:
    for row in _rows("feelings.tsv"):
        valence, arousal = int(row["valence"]) / 10, int(row["arousal"]) / 10
        labels, weight = (row["label"],), FEELING_WEIGHT
        for language in LANGUAGES:
            text = row[language]
            yield Told(row["id"], text, language, labels, valence, arousal, weight)


def _requests() -> Iterator[Told]:
    for row in _rows("requests.tsv"):
        for language in LANGUAGES:
            yield _labelled(row["id"], row[language], language, ("neutral",), FEELING_WEIGHT)


def _routed() -> Iterator[Told]:
    """The routing's prompts: those of data/told.tsv tell a feeling, what is not soft tells none."""
    told = {row["id"]: row["label"] for row in _rows("told.tsv")}
    for each in prompts.written():
        if each.id in told:
            labels, weight = (told[each.id],), FEELING_WEIGHT
        elif each.targets["soft"] == 0.0:
            labels, weight = ("neutral",), REQUEST_WEIGHT
        else:
            continue
        yield _labelled(each.id, each.text, each.language, labels, weight)


def _labelled(
    id_: str,
    text: str,
    language: str,
    labels: tuple[Label, ...],
    weight: float,
    *,
    source: str = "written",
) -> Told:
    valence, arousal = (
        sum(usual[label] for label in labels) / len(labels)
        for usual in (USUAL_VALENCE, USUAL_AROUSAL)
    )
    return Told(id_, text, language, labels, valence, arousal, weight, source)


def public(folder: Path, seed: int) -> tuple[list[Told], list[str]]:
    """What is there of the sets in `folder`, and a line about each."""
    found, lines = [], []
    for name, (path, licence, read) in SETS.items():
        if not (folder / path).exists():
            lines.append(f"{name} ({licence}): not there, left out")
            continue
        rows = list(read(folder / path))
        random.Random(seed).shuffle(rows)
        taken = rows[: _TAKEN[name]]
        lines.append(f"{name} ({licence}): {sum(map(len, taken))} texts")
        found += [text for same in taken for text in same]
    return found, lines


def _goemotions(file: Path) -> Iterator[list[Told]]:
    names = file.with_name("labels.txt").read_text(encoding="utf-8").split()
    for line in file.read_text(encoding="utf-8").splitlines():
        text, numbers, id_ = line.split("\t")
        labels = tuple(names[int(number)] for number in numbers.split(","))
        yield [_labelled(id_, text, "en", labels, PUBLIC_WEIGHT, source="public")]


def _xed(file: Path) -> Iterator[list[Told]]:
    """Lines of subtitles whose Spanish side has labels, in both languages."""
    projected = file.with_name("es_projections.tsv").read_text(encoding="utf-8").splitlines()
    told = dict(line.strip().rsplit("\t", 1) for line in projected if "\t" in line)
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        english, _, spanish = (side.strip() for side in line.partition("\t"))
        if spanish not in told:
            continue
        numbers = told[spanish].replace(" ", "").split(",")
        labels = tuple(_XED[each] for each in numbers if each in _XED) or ("neutral",)
        yield [
            _labelled(f"xed-{number}", text, language, labels, PUBLIC_WEIGHT, source="public")
            for language, text in (("en", english), ("es", spanish))
        ]


SETS: dict[str, tuple[str, str, Callable[[Path], Iterator[list[Told]]]]] = {
    "GoEmotions (Ekman)": ("goemotions_ekman/train.tsv", "CC-BY-4.0", _goemotions),
    "XED": ("xed/pairs_en_es.tsv", "CC-BY-4.0", _xed),
}


def label_shares(texts: list[Told]) -> list[list[float]]:
    """For each text, how much of it each of LABELS is; a row sums to 1."""
    return [[float(label in each.labels) / len(each.labels) for label in LABELS] for each in texts]
