"""Evidence for the scores, and how it adds up.

Owns the sum; knows nothing of where evidence comes from.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from core.state import Task

SCORES = ("hard", "soft", "web_query")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one cue says, in sums that `saturate` turns into scores."""

    cue: str
    hard: float = 0.0
    soft: float = 0.0
    web_query: float = 0.0
    tasks: Mapping[Task, float] = field(default_factory=dict)

    def scaled(self, *, technical: float = 1.0, soft: float = 1.0, tasks: float = 1.0) -> Evidence:
        """The same cue counting less or more; `technical` is for hard and web_query."""
        return replace(
            self,
            hard=self.hard * technical,
            soft=self.soft * soft,
            web_query=self.web_query * technical,
            tasks={task: weight * tasks for task, weight in self.tasks.items()},
        )


class Reason(NamedTuple):
    """How much `cue` added to the sum behind `score`."""

    cue: str
    score: str
    contribution: float


def saturate(total: float) -> float:
    """A sum of evidence as a score in [0, 1): the first cue counts most."""
    return 1.0 - math.exp(-max(0.0, total))


def total(evidence: Iterable[Evidence], score: str) -> float:
    """The sum for one score."""
    return math.fsum(getattr(item, score) for item in evidence)


def reasons(evidence: Iterable[Evidence]) -> tuple[Reason, ...]:
    """Every contribution to a score, the largest first."""
    found = [
        Reason(item.cue, score, round(getattr(item, score), 3))
        for item in evidence
        for score in SCORES
        if getattr(item, score)
    ]
    return tuple(sorted(found, key=lambda reason: -reason.contribution))


def best_task(evidence: Iterable[Evidence]) -> Task | None:
    """The task with the most evidence; the first found wins a tie."""
    sums: dict[Task, float] = {}
    for item in evidence:
        for task, weight in item.tasks.items():
            sums[task] = sums.get(task, 0.0) + weight
    best = max(sums, key=lambda task: sums[task], default=None)
    return best if best is not None and sums[best] > 0 else None
