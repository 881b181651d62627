"""Test collections in the layout of BEIR, and the measures that are taken on them.

Knows nothing of how passages are ranked.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Relevance = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TestSet:
    """Texts and questions by id; `parents` names what each text is a part of."""

    name: str
    texts: Mapping[str, str]
    parents: Mapping[str, str]
    queries: Mapping[str, str]
    relevant: Mapping[str, Relevance]


@dataclass(frozen=True, slots=True)
class Quality:
    recall_3: float
    mrr_10: float
    ndcg_10: float


def read_set(folder: Path) -> TestSet:
    """corpus.jsonl, queries.jsonl and qrels.tsv; sentences are named PARENT_NUMBER."""
    relevant: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        for query, text, score in list(csv.reader(file, delimiter="\t"))[1:]:
            if int(score) > 0:
                relevant[query][text] = int(score)
    corpus = _rows(folder / "corpus.jsonl")
    in_parts = folder.name.endswith("-sent")
    return TestSet(
        folder.name,
        {row["_id"]: f"{row.get('title') or ''} {row['text']}".strip() for row in corpus},
        {row["_id"]: row["_id"].rsplit("_", 1)[0] if in_parts else row["_id"] for row in corpus},
        {
            row["_id"]: row["text"]
            for row in _rows(folder / "queries.jsonl")
            if row["_id"] in relevant
        },
        relevant,
    )


def quality(ranked: Mapping[str, Sequence[str]], relevant: Mapping[str, Relevance]) -> Quality:
    """Means over all questions."""
    each = [_quality(ranked[query], relevant[query]) for query in ranked]
    count = len(each)
    return Quality(
        sum(one.recall_3 for one in each) / count,
        sum(one.mrr_10 for one in each) / count,
        sum(one.ndcg_10 for one in each) / count,
    )


def _quality(ranked: Sequence[str], relevant: Relevance) -> Quality:
    gains = [relevant.get(text, 0) for text in ranked[:10]]
    ideal = sorted(relevant.values(), reverse=True)[:10]
    return Quality(
        sum(gain > 0 for gain in gains[:3]) / min(3, len(relevant)),
        next((1 / rank for rank, gain in enumerate(gains, start=1) if gain), 0.0),
        _discounted(gains) / _discounted(ideal),
    )


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
