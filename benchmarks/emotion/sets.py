"""The two public sets of feelings, in parts to fit on, to choose on and to judge on.

Owns their forms and splits. EmoEvent has no usable split of its own (its Spanish test file has
scrambled labels), so its tweets are split by the checksum of their number, three to one to one.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.emotion.heads import LABELS
from core.state import Language

GOEMOTIONS = "goemotions_ekman/test.tsv"
EMOEVENT = "emoevent/emoevent_es.csv"


@dataclass(frozen=True, slots=True)
class Part:
    """`labels[i, j]`: whether text i has LABELS[j]."""

    texts: list[str]
    labels: NDArray[Any]


@dataclass(frozen=True, slots=True)
class FeelingSet:
    """`several`: a text may have more than one label."""

    name: str
    language: Language
    several: bool
    train: Part
    choose: Part
    test: Part


def _part(rows: list[tuple[str, list[str]]]) -> Part:
    labels = np.array([[label in told for label in LABELS] for _, told in rows])
    return Part([text for text, _ in rows], labels)


def goemotions(folder: Path) -> FeelingSet:
    file = (folder / GOEMOTIONS).parent
    names = (file / "labels.txt").read_text(encoding="utf-8").split()

    def part(name: str) -> Part:
        rows = []
        for line in (file / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
            text, numbers, _ = line.split("\t")
            rows.append((text, [names[int(number)] for number in numbers.split(",")]))
        return _part(rows)

    return FeelingSet("GoEmotions-Ekman", "en", True, part("train"), part("dev"), part("test"))


def emoevent_es(folder: Path) -> FeelingSet:
    parts: dict[str, list[tuple[str, list[str]]]] = {"train": [], "choose": [], "test": []}
    with (folder / EMOEVENT).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            fifth = crc32(row["id"].encode()) % 5
            which = {0: "test", 1: "choose"}.get(fifth, "train")
            label = "neutral" if row["emotion"] == "others" else row["emotion"]
            parts[which].append((row["tweet"], [label]))
    return FeelingSet("EmoEvent-es", "es", False, *(_part(rows) for rows in parts.values()))
