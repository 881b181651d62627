"""Whether the sentences that SARAi quotes, where no model words an answer, hold the answer.

XQuAD's articles, every other one of them indexed as a file; the questions of the others have no
answer there. The collection names the sentence that answers each question. Nothing is routed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

from benchmarks.report import Figure, not_measured
from benchmarks.retrieval.kills import opened_index
from benchmarks.retrieval.sets import TestSet, read_set
from core.retrieval.extracts import holds_half, nearest
from core.retrieval.index import DocumentIndex
from core.settings import load_settings

PARAGRAPHS = 5  # of one article, which stand one behind the other
COMPARED_SIGNS = 80  # a long sentence is quoted shortened, or split where ours ends


def measure(data: Path) -> Iterator[Figure]:
    """How often the answer is quoted, and how often the quotation is told as an answer."""
    for language in ("es", "en"):
        folder = data / "retrieval" / f"xquad-{language}-sent"
        if folder.is_dir():
            yield from _of_language(language, read_set(folder))
        else:
            yield not_measured(f"answers quoted, {language}", "", f"{folder} is not there")


def _of_language(language: str, test_set: TestSet) -> Iterator[Figure]:
    articles = _articles(test_set)
    told: dict[str, list[bool]] = {"right": [], "wrong": [], "no answer there": []}
    with tempfile.TemporaryDirectory() as scratch:
        documents = Path(scratch, "documents")
        documents.mkdir()
        for number, text in articles.items():
            if number % 2 == 0:
                (documents / f"{number}.md").write_text(text, encoding="utf-8")
        with opened_index(Path(scratch, "home")) as index:
            index.index([documents])
            for query, question in test_set.queries.items():
                kind, seems_answered = _quoted(index, question, test_set, query)
                told[kind].append(seems_answered)
    answerable = told["right"] + told["wrong"]
    share = len(told["right"]) / len(answerable)
    yield Figure(f"answers quoted, {language}, of {len(answerable)}", share, "")
    for kind, some in told.items():
        yield Figure(f"told as what documents say, {language}: {kind}", fmean(some), "")


def _articles(test_set: TestSet) -> dict[int, str]:
    """The text of each; its paragraphs are p0, p1 and so on."""
    paragraphs: dict[str, list[str]] = {}
    for sentence, text in test_set.texts.items():
        paragraphs.setdefault(test_set.parents[sentence], []).append(text)
    articles: dict[int, list[str]] = {}
    for name, sentences in paragraphs.items():
        articles.setdefault(_article(name), []).append(" ".join(sentences))
    return {number: "\n\n".join(texts) for number, texts in articles.items()}


def _article(paragraph: str) -> int:
    return int(paragraph.removeprefix("p")) // PARAGRAPHS


def _quoted(index: DocumentIndex, question: str, test_set: TestSet, query: str) -> tuple[str, bool]:
    passages = index.search(question, load_settings(environ={}).retrieval.top_k).passages
    said = [sentence for _, sentence in nearest(question, passages)]
    seems_answered = any(holds_half(question, each) for each in said)
    wanted = list(test_set.relevant[query])
    if _article(test_set.parents[wanted[0]]) % 2:
        return "no answer there", seems_answered
    shown = " ".join(said)
    right = any(test_set.texts[each].strip()[:COMPARED_SIGNS] in shown for each in wanted)
    return "right" if right else "wrong", seems_answered
