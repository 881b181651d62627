"""The card of the classifier, written by the run that trained it.

Owns its wording and its figures, all of them out of fold: no prompt is judged by heads
that saw it, or its translation, or by a calibration that was fitted on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import expit  # type: ignore[import-untyped]

from core.routing.heads import BINARY, COLUMNS, TASKS, web_query
from models.router.calibrate import (
    COST_OF_A_WRONG_YES,
    FIRST_TASK,
    Doubles,
    calibrated,
    calibration_error,
    cheapest_threshold,
    counts_of,
    decided,
    half_of,
)
from models.router.fit import BUCKETS
from models.router.prompts import LANGUAGES, Example


def card(
    told: Sequence[str], known_words: int, own: Sequence[Example], sums: Doubles, seed: int
) -> str:
    """The whole card, Markdown."""
    odds = _cross_calibrated(own, sums)
    size_mb = BUCKETS * len(COLUMNS) / 1e6
    return "\n".join(
        [
            "# The routing classifier",
            "",
            "Written by `python -m models.router.train`; do not edit.",
            "",
            f"{len(BINARY)} yes-or-no heads ({', '.join(BINARY)}) and {len(TASKS)} tasks "
            f"({', '.join(TASKS)}), linear over {BUCKETS} hashed features (pieces of 2 to 5 "
            "letters, words and pairs of words, bilingual cues, form, opening), "
            f"int8, {size_mb:.1f} MB. Seed {seed}.",
            "",
            "## Data",
            "",
            f"{len(own)} prompts written for the project ({len({each.id for each in own})} ids, "
            "each in Spanish and English; MIT, models/router/data), and frames filled with topics "
            "and passages.",
            "Public sets, each text a fifth of a written one:",
            "",
            *(f"- {line}" for line in told),
            "",
            f"{known_words} words are known, so that others may be mistyped: those of the "
            "prompts, of the whole public sets, and of GoEmotions (Apache-2.0).",
            "",
            "## Figures, out of fold by prompt id",
            "",
            "| head | language | AUC | F1 | calibration error | cheapest threshold |",
            "|---|---|---|---|---|---|",
            *_heads(own, odds),
            *_web_queries(own, odds),
            "",
            "web_query is made of fresh and fact; its figures are those of telling what is fresh.",
            "A threshold's costs: a wrong yes against a wrong no of 1: "
            + ", ".join(f"{head} {cost:g}" for head, cost in COST_OF_A_WRONG_YES.items())
            + ".",
            "",
            "| task | es F1 | en F1 |",
            "|---|---|---|",
            *_tasks(own, odds),
            "",
            "These prompts were written by the same hands that wrote the cues, so strangers' "
            "prompts do worse; docs/measurements.md has what was measured on others' sets.",
            "",
        ]
    )


def _cross_calibrated(own: Sequence[Example], sums: Doubles) -> Doubles:
    """The log-odds of each half by the calibration of the other."""
    odds = np.zeros_like(sums)
    halves = np.array([half_of(each) for each in own])
    for half in (0, 1):
        other = np.flatnonzero(halves != half)
        found = calibrated(sums[other], [own[row] for row in other])
        for language, columns in found.items():
            rows = [r for r in np.flatnonzero(halves == half) if own[r].language == language]
            slopes = np.array([item.slope for item in columns])
            odds[rows] = sums[rows] * slopes + np.array([item.offset for item in columns])
    return odds


def _heads(own: Sequence[Example], odds: Doubles) -> Iterator[str]:
    for column, head in enumerate(BINARY):
        for language in LANGUAGES:
            rows = decided(own, head, language)
            wanted = np.array([own[row].targets[head] for row in rows])
            chances = expit(odds[rows, column])
            counts = counts_of(wanted, head)
            error = calibration_error(chances, wanted, counts)
            yield _line(wanted, chances, counts, name=head, language=language, error=f"{error:.3f}")


def _web_queries(own: Sequence[Example], odds: Doubles) -> Iterator[str]:
    for language in LANGUAGES:
        rows = decided(own, "fresh", language)
        wanted = np.array([own[row].targets["fresh"] for row in rows])
        fresh, fact = (expit(odds[rows, BINARY.index(head)]) for head in ("fresh", "fact"))
        counts = counts_of(wanted, "fresh")
        chances = web_query(fresh, fact)
        yield _line(wanted, chances, counts, name="web_query", language=language, error="-")


def _line(
    wanted: Doubles, chances: Doubles, counts: Doubles, *, name: str, language: str, error: str
) -> str:
    cost = COST_OF_A_WRONG_YES.get(name)
    cheapest = f"{cheapest_threshold(chances, wanted, counts, cost):.2f}" if cost else "-"
    return (
        f"| {name} | {language} | {auc(wanted, chances):.3f} | "
        f"{f1(wanted > 0.5, chances > 0.5):.3f} | {error} | {cheapest} |"
    )


def _tasks(own: Sequence[Example], odds: Doubles) -> Iterator[str]:
    scores: dict[str, list[float]] = {}
    for language in LANGUAGES:
        rows = [r for r, each in enumerate(own) if each.task and each.language == language]
        wanted = np.array([TASKS.index(own[row].task) for row in rows])  # type: ignore[arg-type]
        said = odds[rows, FIRST_TASK:].argmax(axis=1)
        scores[language] = [f1(wanted == task, said == task) for task in range(len(TASKS))]
    for task, name in enumerate(TASKS):
        yield f"| {name} | {scores['es'][task]:.3f} | {scores['en'][task]:.3f} |"
    yield f"| **macro** | {np.mean(scores['es']):.3f} | {np.mean(scores['en']):.3f} |"


def auc(wanted: Doubles, scores: Doubles) -> float:
    """The chance that a yes scores above a no (ties count half)."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    _, group = np.unique(scores, return_inverse=True)
    ranks = (np.bincount(group, ranks) / np.bincount(group))[group]
    yes = wanted > 0.5
    count = int(yes.sum())
    return float((ranks[yes].sum() - count * (count + 1) / 2) / (count * (len(wanted) - count)))


def f1(wanted: np.ndarray, said: np.ndarray) -> float:
    """The harmonic mean of precision and recall of a yes."""
    return float(2 * (wanted & said).sum() / max(1, wanted.sum() + said.sum()))
