"""Scores of yes-or-no and of many-way decisions, with 95 % intervals by resampling.

Owns the formulas; knows nothing of prompts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Figure

RESAMPLES = 400
BINS = 10
Array = NDArray[Any]


def figure(
    name: str,
    of: Callable[..., float],
    *columns: Array,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Figure:
    """`of(*columns)`, its 95 % interval over resampled rows, and whether it meets its goal."""
    value = of(*columns)
    rng = np.random.default_rng(1)
    count = len(columns[0])
    drawn = [
        of(*(column[rows] for column in columns))
        for rows in (rng.integers(0, count, count) for _ in range(RESAMPLES))
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    goal, met = "", None
    if at_least is not None:
        goal, met = f">= {at_least:g}", value >= at_least
    elif at_most is not None:
        goal, met = f"<= {at_most:g}", value <= at_most
    shown = f"{name} (n = {count}, 95 % interval)"
    return Figure(shown, value, "", goal, met, (float(low), float(high)))


def accuracy(wanted: Array, said: Array) -> float:
    return float(np.mean(wanted == said))


def share(happened: Array) -> float:
    return float(np.mean(happened))


def f1(wanted: Array, said: Array) -> float:
    """The harmonic mean of precision and recall of True."""
    return float(2 * (wanted & said).sum() / max(1, wanted.sum() + said.sum()))


def macro_f1(wanted: Array, said: Array) -> float:
    """The mean F1 over the classes that are wanted."""
    return float(np.mean([f1(wanted == each, said == each) for each in np.unique(wanted)]))


def auc(wanted: Array, scores: Array) -> float:
    """The chance that a True scores above a False; ties count half."""
    yes = wanted.astype(bool)
    count, others = int(yes.sum()), int((~yes).sum())
    if not count or not others:
        return float("nan")
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    ranks = (ends - (sizes - 1) / 2)[group]
    return float((ranks[yes].sum() - count * (count + 1) / 2) / (count * others))


def calibration_error(wanted: Array, chances: Array) -> float:
    """The expected calibration error in ten bins of equal width."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [abs(float((chances - wanted)[bins == each].sum())) for each in range(BINS)]
    return sum(gaps) / max(1, len(wanted))


def gap_recovered(scores: Array, weak: Array, strong: Array) -> float:
    """RouteLLM's APGR: the share of the gap between two models that is recovered, averaged
    over all shares of questions that go to the strong one, hardest first. 0.5 is chance.
    """
    order = np.argsort(-scores, kind="stable")
    gains = np.concatenate([[0.0], np.cumsum((strong - weak)[order])])
    return float(gains.mean() / gains[-1])
