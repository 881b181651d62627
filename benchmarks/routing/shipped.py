"""The shipped classifier on public prompts and on a few written here.

Owns what a public label means in the classifier's own terms.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import yaml

from benchmarks.report import Figure, median_figure, not_measured
from benchmarks.routing.statistics import f1, figure, share
from core.routing.classifier import Classifier
from core.routing.control_plane import weigh
from core.routing.decision import scores_of
from core.routing.route import DEFAULT_THRESHOLDS, choose_route

# MT-Bench's categories that have one counterpart among the tasks; "stem" and "humanities",
# which ask for explanations, plans and ideas alike, have none and are left out.
MT_BENCH_TASKS = {
    "writing": {"writing"},
    "roleplay": {"creative"},
    "reasoning": {"reasoning"},
    "math": {"reasoning"},
    "coding": {"coding"},
    "extraction": {"analysis"},
}
# A fact that few know by heart is trained as a third of a web query, so that it does not become
# a search by itself; a third of that tells it from a command.
LOOKED_UP = 0.1
WRITTEN = Path(__file__).with_name("written.yaml")
ENOUGH = 300  # rows of a large set
TYPOS, DRAWS = 0.03, 20  # of the letters of a text; of each text
NQ, XQUAD = "nq_open/dev_questions.jsonl", "xquad/es_questions.jsonl"
ARENA = "arena_hard/question.jsonl"


def measure(folder: Path) -> Iterator[Figure]:
    """Every figure that the folder's sets allow."""
    classifier = Classifier.load()
    yield from _mt_bench(classifier, folder / "mt_bench" / "question.jsonl")
    yield from _web(classifier, folder)
    yield from _flips(classifier)
    yield from _cost(classifier)


def route_of(classifier: Classifier, text: str) -> str:
    """The route by the shipped thresholds, nothing being loaded and no documents there."""
    found = classifier.classify(text)
    scores = scores_of(found, 0.0)
    choice = choose_route(
        scores,
        weigh(scores).alpha,
        out_of_scope=found.out_of_scope,
        expert_is_loaded=lambda: False,
    )
    return choice.route


def lines(path: Path) -> list[dict[str, object]]:
    """The objects of a .jsonl file."""
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _mt_bench(classifier: Classifier, path: Path) -> Iterator[Figure]:
    name = "task, MT-Bench, six categories"
    if not path.exists():
        yield not_measured(name, "", f"{path.name} of MT-Bench is not there")
        return
    rows = [row for row in lines(path) if row["category"] in MT_BENCH_TASKS]
    tasks = [classifier.classify(str(row["turns"][0])).task for row in rows]  # type: ignore[index]
    right = np.array(
        [
            task in MT_BENCH_TASKS[str(row["category"])]
            for row, task in zip(rows, tasks, strict=True)
        ]
    )
    yield figure(name, share, right, at_least=0.75)


def _web(classifier: Classifier, folder: Path) -> Iterator[Figure]:
    written = _written()
    commands, sums = written["commands_en"], written["sums_es"]
    name = "web, today's questions against commands, both written, en"
    threshold = DEFAULT_THRESHOLDS.web_query
    yield _web_figure(classifier, name, written["fresh_en"], commands, threshold)
    sets = {
        "web, NQ against Arena-Hard's requests, en": NQ,
        "web, XQuAD questions against sums, es": XQUAD,
    }
    for name, path in sets.items():
        if not (folder / path).exists() or not (folder / ARENA).exists():
            yield not_measured(name, "", f"{path} or {ARENA} is not there")
            continue
        asked = [str(row["question"]) for row in lines(folder / path)]
        drawn = random.Random(1).sample(asked, ENOUGH)
        others = _requests(folder / ARENA) if path == NQ else sums
        yield _web_figure(classifier, name, drawn, others, LOOKED_UP)


def _requests(path: Path) -> list[str]:
    return [str(row["turns"][0]["content"]) for row in lines(path)][:ENOUGH]  # type: ignore[index]


def _web_figure(
    classifier: Classifier, name: str, yes: list[str], no: list[str], threshold: float
) -> Figure:
    scores = np.array([classifier.classify(text).web_query for text in [*yes, *no]])
    wanted = np.array([True] * len(yes) + [False] * len(no))
    return figure(f"{name}, above {threshold:g}", f1, wanted, scores > threshold, at_least=0.95)


def _flips(classifier: Classifier) -> Iterator[Figure]:
    from models.router.perturb import without_accents, without_punctuation  # noqa: PLC0415

    texts = [text for said in _written().values() for text in said]
    yield flips_by_typos(classifier, texts, "routes flipped by typos")
    changes = {
        "no accents": without_accents,
        "lower case": str.lower,
        "no punctuation": without_punctuation,
    }
    for name, change in changes.items():
        flipped = np.array(
            [route_of(classifier, change(text)) != route_of(classifier, text) for text in texts]
        )
        yield figure(f"routes flipped by {name}", share, flipped, at_most=0.05)


def flips_by_typos(classifier: Classifier, texts: Sequence[str], name: str) -> Figure:
    """How many routes change with typos, over several draws: one draw is chance by .03 or so."""
    from models.router.perturb import typos  # noqa: PLC0415

    rng = random.Random(1)
    flipped = []
    for text in texts:
        route = route_of(classifier, text)
        others = [route_of(classifier, typos(text, rng, TYPOS)) for _ in range(DRAWS)]
        flipped.append(np.mean([other != route for other in others]))
    return figure(f"{name}, {DRAWS} draws", share, np.array(flipped), at_most=0.05)


def _written() -> dict[str, list[str]]:
    texts: dict[str, list[str]] = yaml.safe_load(WRITTEN.read_text(encoding="utf-8"))
    return texts


def _cost(classifier: Classifier) -> Iterator[Figure]:
    written = _written()
    texts = [text for said in written.values() for text in said]
    texts += [" ".join(texts[:40]), " ".join(texts * 2)]  # of 1,900 and of 10,000 letters
    took_ms = []
    for text in texts * 3:
        started_ns = time.thread_time_ns()
        classifier.classify(text)
        took_ms.append((time.thread_time_ns() - started_ns) / 1e6)
    yield median_figure(
        "classify, processor time, median", [float(np.median(took_ms))], "ms", at_most=0.3
    )
    worst = float(np.percentile(took_ms, 99))
    yield median_figure("classify, processor time, 99th percentile", [worst], "ms", at_most=2.0)
