"""Public sets with permissive licences, mixed into the training of the classifier.

Owns which rows are taken and what they are told to mean; a set that is not there is left
out, and the card says so. All of them weigh less than what was written for the project,
and no set may give one language a label that the other lacks.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from core.routing.heads import BINARY
from models.router.prompts import COMMON_FACT, RARE_FACT, Example

WEIGHT = 0.2
WORDS_ONLY = "goemotions_ekman/train.tsv"  # Apache-2.0
_WEB = {
    "weather_query", "news_query", "qa_stock", "qa_currency", "transport_traffic",
    "weather", "exchange_rate", "flight_status", "traffic",
}  # fmt: skip
_FACTS = {"qa_factoid": RARE_FACT, "qa_definition": COMMON_FACT}
_SIMPLE = {
    "alarm_set", "audio_volume_up", "audio_volume_down", "datetime_query", "general_praise",
    "iot_hue_lightoff", "qa_maths", "greeting", "goodbye", "thank_you", "timer", "spelling",
    "definition", "measurement_conversion", "calculator", "translate",
}  # fmt: skip
_EXPLORATION = {
    "recommendation_events",
    "recommendation_movies",
    "meal_suggestion",
    "travel_suggestion",
}
_TAKEN = {"hwu64": 350, "clinc150": 350, "gsm8k": 120, "xed": 300}


def permissive(folder: Path, seed: int) -> tuple[list[Example], list[str]]:
    """What is there of the sets in `folder`, and a line about each."""
    examples, told = [], []
    for name, (path, licence, read) in SETS.items():
        file = folder / path
        if not file.exists():
            told.append(f"{name} ({licence}): not there, left out")
            continue
        rows = list(read(file))
        random.Random(seed).shuffle(rows)
        taken = rows[: _TAKEN[name]]
        told.append(f"{name} ({licence}): {len(taken)} texts")
        examples += taken
    return examples, told


def all_texts(folder: Path) -> Iterator[str]:
    """Every text of the sets, and of one more of which the words alone are taken."""
    for path, _, read in SETS.values():
        if (folder / path).exists():
            yield from (example.text for example in read(folder / path))
    comments = folder / WORDS_ONLY
    if comments.exists():
        for line in comments.read_text(encoding="utf-8").splitlines():
            yield line.partition("\t")[0]


def _command(set_name: str, number: int, text: str, intent: str) -> Example:
    fresh = {"fresh": 1.0} if intent in _WEB else {"fresh": 0.0, "fact": _FACTS.get(intent, 0.0)}
    targets = {"hard": 0.0, "soft": 0.0, "creativity": 0.0} | fresh
    task = "simple" if intent in _SIMPLE else "research" if intent in _WEB else None
    if intent in _EXPLORATION:
        task = "exploration"
    return Example(f"{set_name}-{number}", text, "en", task, targets, WEIGHT, set_name)


def _hwu64(file: Path) -> Iterator[Example]:
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            yield _command("hwu64", number, row["text"], row["intent"])


def _clinc150(file: Path) -> Iterator[Example]:
    rows = json.loads(file.read_text(encoding="utf-8"))["train"]
    for number, (text, intent) in enumerate(rows):
        yield _command("clinc150", number, text, intent)


def _gsm8k(file: Path) -> Iterator[Example]:
    targets = dict.fromkeys(BINARY, 0.0) | {"hard": 1.0}
    for number, line in enumerate(file.read_text(encoding="utf-8").strip().split("\n")):
        text = next(value for value in json.loads(line).values() if isinstance(value, str))
        yield Example(f"gsm8k-{number}", text, "en", "reasoning", targets, WEIGHT, "gsm8k")


def _xed(file: Path) -> Iterator[Example]:
    """Lines of subtitles, parallel: nobody asks this of an assistant."""
    targets = {"hard": 0.0, "fresh": 0.0, "fact": 0.0, "out_of_scope": 1.0, "creativity": 0.0}
    for number, line in enumerate(file.read_text(encoding="utf-8").strip().split("\n")):
        english, _, spanish = line.partition("\t")
        for language, text in (("en", english), ("es", spanish)):
            if "?" not in text and len(text.split()) > 3:
                yield Example(f"xed-{number}", text, language, None, targets, WEIGHT, "xed")


SETS: dict[str, tuple[str, str, Callable[[Path], Iterable[Example]]]] = {
    "hwu64": ("hwu64/utterances.csv", "CC-BY-4.0", _hwu64),
    "clinc150": ("clinc150/data_full.json", "CC-BY-3.0", _clinc150),
    "gsm8k": ("gsm8k/train_questions.jsonl", "MIT", _gsm8k),
    "xed": ("xed/pairs_en_es.tsv", "CC-BY-4.0", _xed),
}
