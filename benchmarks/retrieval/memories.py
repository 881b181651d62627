"""Recall of what was said, with and without what was said beside it.

Sentences of XQuAD stand for the turns of a conversation, one conversation for each paragraph:
a stand-in, since nobody's real conversations are public with marks of what answers a question.
Knows nothing of documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks.report import Figure, not_measured
from benchmarks.retrieval.parts import minilm_keys
from benchmarks.retrieval.sets import TestSet, quality, read_set
from core.memory.memory import Memory
from core.memory.record import NewMemory, utc_now
from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import open_data_folder

SETS = ("xquad-en-sent", "xquad-es-sent")
LIMIT = 10


def measure(root: Path, data: Path, minilm: Path | None) -> Iterator[Figure]:
    """R@10 and R@3 of the right sentence, without a model and with MiniLM where it is there."""
    for name in SETS:
        folder = data / "retrieval" / name
        if not folder.is_dir():
            yield not_measured(f"memory {name}", "", f"{folder} is not there")
            continue
        test_set = read_set(folder)
        for encoder in (None, minilm) if minilm else (None,):
            how = "with MiniLM" if encoder else "no model"
            ranked = _ranked(root / f"{name}-{how}", test_set, encoder)
            found = quality(ranked, test_set.relevant)
            ten = _recall_10(ranked, test_set)
            yield Figure(f"memory {name} R@10, {how}", ten, "")
            yield Figure(f"memory {name} R@3, {how}", found.recall_3, "")


def _ranked(root: Path, test_set: TestSet, encoder: Path | None) -> dict[str, list[str]]:
    environ = {
        "SARAI__" + key.upper().replace(".", "__"): value
        for key, value in minilm_keys(encoder).items()
    }
    pool = ModelPool(load_settings(environ=environ), open_data_folder(root))
    with closing(pool), Memory(pool) as memory:
        numbers = _told(memory, test_set)
        return {
            query: [numbers[each.memory.id] for each in memory.search(text, LIMIT).recollections]
            for query, text in test_set.queries.items()
        }


def _told(memory: Memory, test_set: TestSet) -> Mapping[int, str]:
    """Every sentence as a turn, all at about the same time; its id by the memory's number."""
    ids, now = list(test_set.texts), utc_now()
    kept = memory.add(
        [
            NewMemory(
                "turn",
                test_set.texts[each],
                now + timedelta(microseconds=place),
                thread=test_set.parents[each],
            )
            for place, each in enumerate(ids)
        ]
    )
    return {each.id: name for each, name in zip(kept, ids, strict=True) if each is not None}


def _recall_10(ranked: Mapping[str, list[str]], test_set: TestSet) -> float:
    hits = [bool(set(found) & test_set.relevant[query].keys()) for query, found in ranked.items()]
    return sum(hits) / len(hits)
