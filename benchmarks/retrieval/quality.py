"""Recall and rank on public collections, by words alone, by meaning and by both.

Knows nothing of speed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.report import Figure, not_measured
from benchmarks.retrieval import langchain_ensemble
from benchmarks.retrieval.parts import Parts, fill
from benchmarks.retrieval.sets import Quality, TestSet, quality, read_set
from core.retrieval.fusion import Fusion

SENTENCES = {"xquad-en-sent": (0.923, 0.850), "xquad-es-sent": (0.903, None)}
"""Goals for R@3 and MRR@10 without a model."""

WITH_MODEL = {"xquad-en-sent": (0.935, 0.875)}
DOCUMENTS = {"scifact": 0.735, "cranfield": 0.425}
"""Goals for nDCG@10 with MiniLM."""

LANGCHAIN = "LangChain EnsembleRetriever"

ALLOWED_LOSS = 0.005
"""What an encoder that does not know the language may cost."""

METHODS: tuple[tuple[str, float | None, Fusion], ...] = (
    ("words", 0.0, "weighted"),
    ("RRF, equal weights", 0.5, "rrf"),
    ("as shipped", None, "weighted"),
)


def measure(made: Parts, data: Path, also: Sequence[str] = ()) -> Iterator[Figure]:
    """Every method on every collection that is there; `also` names further ones."""
    for name in (*SENTENCES, *DOCUMENTS, *also):
        folder = data / "retrieval" / name
        if not folder.is_dir():
            yield not_measured(name, "", f"{folder} is not there")
            continue
        test_set = read_set(folder)
        fill(made, test_set)
        yield from _of_set(made, test_set)


def _of_set(made: Parts, test_set: TestSet) -> Iterator[Figure]:
    methods = METHODS if made.encoder is not None else METHODS[:1]
    found = {
        method: quality(made.ranked(test_set, alpha=alpha, fusion=fusion), test_set.relevant)
        for method, alpha, fusion in methods
    }
    others = langchain_ensemble.ranked(made, test_set)
    if others is not None:
        found[LANGCHAIN] = quality(others, test_set.relevant)
    if test_set.name in SENTENCES:
        yield from _of_sentences(test_set.name, found)
    else:
        yield from _of_documents(test_set.name, found)


def _of_sentences(name: str, found: dict[str, Quality]) -> Iterator[Figure]:
    recall, rank = SENTENCES[name]
    words = found["words"]
    recalls = {method: one.recall_3 for method, one in found.items()}
    ranks = {method: one.mrr_10 for method, one in found.items()}
    yield _figure(f"{name} R@3, no model", words.recall_3, recall)
    yield _figure(f"{name} MRR@10, no model", words.mrr_10, rank)
    if "as shipped" not in found:
        yield not_measured(f"{name} with MiniLM", "", "its file is not there")
        return
    shipped = found["as shipped"]
    recall, rank = WITH_MODEL.get(name, (words.recall_3 - ALLOWED_LOSS, None))
    yield _figure(f"{name} R@3, with MiniLM", shipped.recall_3, recall, recalls)
    yield _figure(f"{name} MRR@10, with MiniLM", shipped.mrr_10, rank, ranks)
    yield _ahead(name, "MRR@10", ranks)


def _of_documents(name: str, found: dict[str, Quality]) -> Iterator[Figure]:
    gains = {method: one.ndcg_10 for method, one in found.items()}
    yield _figure(f"{name} nDCG@10, no model", found["words"].ndcg_10, None)
    if "as shipped" not in found:
        yield not_measured(f"{name} with MiniLM", "", "its file is not there")
        return
    value = found["as shipped"].ndcg_10
    yield _figure(f"{name} nDCG@10, with MiniLM", value, DOCUMENTS.get(name), gains)
    yield _ahead(name, "nDCG@10", gains)


def _ahead(name: str, measure: str, found: dict[str, float]) -> Figure:
    """How much better than LangChain's, on the same encoder."""
    title = f"{name} {measure}, ahead of LangChain's ensemble"
    if LANGCHAIN not in found:
        return not_measured(title, "", "the extra `peers` is not installed")
    lead = found["as shipped"] - found[LANGCHAIN]
    return Figure(title, lead, "", "> 0", lead > 0)


def _figure(
    name: str, value: float, at_least: float | None, others: dict[str, float] | None = None
) -> Figure:
    goal = "" if at_least is None else f">= {at_least:.3f}"
    met = None if at_least is None else value >= at_least
    return Figure(name, value, "", goal, met, None, others or {})
