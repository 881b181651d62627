"""From sums to probabilities that can be believed, per head and language (Platt).

Owns the fit of slopes and offsets, the error of a calibration, and thresholds by cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from core.routing.heads import BINARY, TASKS
from models.router.prompts import LANGUAGES, Example

Doubles = NDArray[np.float64]
FIRST_TASK = len(BINARY)
BINS = 10
# What a wrong "yes" costs, where a wrong "no" costs 1. A wrong web query makes the answer a
# refusal when nothing can be looked up, a missed one makes up what happened today.
COST_OF_A_WRONG_YES = {"hard": 1.0, "soft": 1.5, "web_query": 1.0}
# How much of the calibrating weight a plain yes has, where the training prompts are no guide:
# there are four routes, and nobody knows how often each is asked for. Of what people ask in a
# week, as three authors wrote it down, a quarter were fresh facts, of the held-out prompts a half.
SHARE_OF_YES = {"hard": 0.25, "fresh": 1 / 3}


class Platt(NamedTuple):
    """The log-odds of a sum are `slope * sum + offset`."""

    slope: float
    offset: float


def platt(sums: Doubles, wanted: Doubles, counts: Doubles) -> Platt:
    """Slope and offset of least log loss over the weighted rows, with Platt's smoothed targets."""
    positives = wanted.sum()
    high = (positives + 1) / (positives + 2)
    low = 1 / (len(wanted) - positives + 2)
    smooth = wanted * high + (1 - wanted) * low

    def loss(parameters: Doubles) -> float:
        odds = parameters[0] * sums + parameters[1]
        surprise = np.average(np.logaddexp(0, odds) - smooth * odds, weights=counts)
        return float(surprise + 1e-4 * parameters[0] ** 2)

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    return Platt(max(float(slope), 0.05), float(offset))


def temperature(sums: Doubles, wanted: Sequence[int]) -> list[Platt]:
    """One slope for all tasks and an offset for each, of least log loss."""
    places = np.arange(len(wanted))

    def loss(parameters: Doubles) -> float:
        odds = parameters[0] * sums + parameters[1:]
        odds -= odds.max(axis=1, keepdims=True)
        surprise = np.log(np.exp(odds).sum(axis=1)) - odds[places, wanted]
        return float(surprise.mean() + 0.01 * (parameters[1:] ** 2).sum())

    start = np.array([1.0, *np.zeros(sums.shape[1])])
    slope, *offsets = minimize(loss, start, method="BFGS").x
    return [Platt(float(slope), float(offset)) for offset in offsets]


def calibrated(sums: Doubles, examples: Sequence[Example]) -> dict[str, list[Platt]]:
    """Every column's calibration in each language, from sums that no fit has seen."""
    found = {}
    for language in LANGUAGES:
        columns = []
        for column, head in enumerate(BINARY):
            rows = told_of(examples, head, language)
            wanted = np.array([examples[row].targets[head] for row in rows])
            columns.append(platt(sums[rows, column], wanted, counts_of(wanted, head)))
        rows = [
            row
            for row, each in enumerate(examples)
            if each.task is not None and each.language == language
        ]
        wanted_tasks = [TASKS.index(examples[row].task) for row in rows]  # type: ignore[arg-type]
        found[language] = columns + temperature(sums[rows, FIRST_TASK:], wanted_tasks)
    return found


def counts_of(wanted: Doubles, head: str) -> Doubles:
    """How much each row counts in the calibration of `head`: the plain yeses their share."""
    share, yes = SHARE_OF_YES.get(head), wanted == 1
    if share is None:
        return np.ones(len(wanted))
    return np.where(yes, share / yes.sum(), (1 - share) / (~yes).sum()) * len(wanted)


def told_of(examples: Sequence[Example], head: str, language: str) -> list[int]:
    """The rows that say anything of `head`, a third of a yes too."""
    return [
        row
        for row, each in enumerate(examples)
        if each.language == language and head in each.targets
    ]


def decided(examples: Sequence[Example], head: str, language: str) -> list[int]:
    """The rows whose target for `head` is a plain yes or no."""
    return [
        row
        for row, each in enumerate(examples)
        if each.language == language and each.targets.get(head) in (0.0, 1.0)
    ]


def calibration_error(
    probabilities: Doubles, wanted: Doubles, counts: Doubles | None = None
) -> float:
    """The expected calibration error, in ten bins of equal width; each row counts `counts`."""
    counts = np.ones(len(wanted)) if counts is None else counts
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    off = (probabilities - wanted) * counts
    gaps = [abs(off[bins == each].sum()) for each in range(BINS)]
    return float(sum(gaps) / max(1.0, counts.sum()))


def cheapest_threshold(
    probabilities: Doubles, wanted: Doubles, counts: Doubles, cost_of_yes: float
) -> float:
    """The threshold (to 0.01) of least cost, a wrong "no" costing 1; each row counts `counts`."""
    steps = np.arange(1, 100) / 100
    costs = [
        cost_of_yes * counts[(probabilities > step) & (wanted == 0)].sum()
        + counts[(probabilities <= step) & (wanted == 1)].sum()
        for step in steps
    ]
    best = np.flatnonzero(np.isclose(costs, min(costs)))
    return float(steps[best[len(best) // 2]])


def half_of(example: Example) -> int:
    """0 or 1: calibrations are judged on the half that they were not fitted on."""
    return crc32(b"half " + example.id.encode()) % 2
