"""Whether questions about the user's documents are told from everything else that is asked.

Half of XQuAD's articles are the documents, every other one of them in Spanish. Questions about the
rest, and what people ask an assistant, should be left alone. Knows nothing of what is found.
"""

from __future__ import annotations

import csv
import json
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean

import yaml

from benchmarks.report import ROOT, Figure, median_figure, not_measured
from benchmarks.retrieval.kills import opened_index
from benchmarks.retrieval.sets import TestSet, read_set
from core.retrieval.index import DocumentIndex
from core.routing.route import DEFAULT_THRESHOLDS
from core.state import Language

PARAGRAPHS = 5  # of one article, which stand one behind the other
INDEXED: Mapping[int, Language] = {0: "es", 1: "en"}  # by the article's number, modulo 4
LANGUAGES: tuple[Language, ...] = ("es", "en")
AT_MOST = 1000  # texts of one source
LONGEST = 1000  # signs
HELDOUT = ROOT / "tests" / "routing" / "heldout" / "route.yaml"


def measure(data: Path) -> Iterator[Figure]:
    """The share of each kind of question that would go to the documents."""
    folders = {each: data / "retrieval" / f"xquad-{each}" for each in LANGUAGES}
    if not all(folder.is_dir() for folder in folders.values()):
        yield not_measured("questions sent to the documents", "", "XQuAD is not there")
        return
    sets = {each: read_set(folder) for each, folder in folders.items()}
    with tempfile.TemporaryDirectory() as scratch:
        documents = Path(scratch, "documents")
        documents.mkdir()
        for number in range(len(sets["en"].texts) // PARAGRAPHS):
            if language := INDEXED.get(number % 4):
                _write(documents / f"{number}.md", sets[language], number)
        with opened_index(Path(scratch, "home")) as index:
            index.index([documents])
            taken_ms: list[float] = []
            for language in LANGUAGES:
                for kind, texts in _questions(sets[language], language).items():
                    yield _sent(f"{kind}, {language}", texts, index, taken_ms)
            for kind, texts in _others(data / "routing"):
                yield _sent(kind, texts, index, taken_ms)
    yield median_figure("one look at the documents", taken_ms, "ms", at_most=2)


def _write(path: Path, test_set: TestSet, article: int) -> None:
    texts = list(test_set.texts.values())[PARAGRAPHS * article :][:PARAGRAPHS]
    path.write_text("\n\n".join(texts), encoding="utf-8")


def _questions(test_set: TestSet, language: Language) -> Mapping[str, list[str]]:
    place = {text: number for number, text in enumerate(test_set.texts)}
    sent: dict[str, list[str]] = {"documents say it": [], "no document is about it": []}
    for query, text in test_set.queries.items():
        article = place[next(iter(test_set.relevant[query]))] // PARAGRAPHS
        indexed = INDEXED.get(article % 4)
        if indexed == language:
            sent["documents say it"].append(text)
        elif indexed is None:
            sent["no document is about it"].append(text)
    return sent


def _others(routing: Path) -> Iterator[tuple[str, list[str]]]:
    """What is asked of an assistant, by source; of sources that are there."""
    asked = yaml.safe_load(HELDOUT.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        yield (
            f"our held-out prompts, {language}",
            [each[language] for some in asked.values() for each in some],
        )
    for kind, file, texts in (
        ("Natural Questions, en", routing / "nq_open" / "dev_questions.jsonl", _nq_open),
        ("commands of HWU64, en", routing / "hwu64" / "utterances.csv", _hwu64),
        ("lines of films (XED), es", routing / "xed" / "es_projections.tsv", _xed),
    ):
        if file.is_file():
            found = sorted({text[:LONGEST] for text in texts(file)})
            yield kind, random.Random(1).sample(found, min(AT_MOST, len(found)))


def _nq_open(file: Path) -> Iterable[str]:
    return (json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines())


def _hwu64(file: Path) -> Iterable[str]:
    with file.open(encoding="utf-8", newline="") as rows:
        return [row["text"] for row in csv.DictReader(rows)]


def _xed(file: Path) -> Iterable[str]:
    return (line.split("\t")[0] for line in file.read_text(encoding="utf-8").splitlines())


def _sent(kind: str, texts: list[str], index: DocumentIndex, taken_ms: list[float]) -> Figure:
    sent = []
    for text in texts:
        started_s = time.perf_counter()
        sent.append(index.match(text) > DEFAULT_THRESHOLDS.doc_match)
        taken_ms.append(1000 * (time.perf_counter() - started_s))
    return Figure(f"sent to the documents: {kind}, of {len(texts)}", fmean(sent), "")
