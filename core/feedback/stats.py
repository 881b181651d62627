"""How answers were received, counted by task, language and model.

Owns the counting; knows nothing of files or tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from core.feedback.record import TurnRecord
from core.feedback.signals import Verdict, verdict_of


@dataclass(frozen=True, slots=True)
class StatsLine:
    """The turns of one task, language and model. `model` is None where none was asked."""

    task: str
    language: str
    model: str | None
    turns: int
    good: int
    bad: int
    unknown: int
    median_s: float


def stats_of(turns: Iterable[TurnRecord]) -> list[StatsLine]:
    """A line for each task, language and model that occurs, in this order."""
    groups: defaultdict[tuple[str, str, str], list[TurnRecord]] = defaultdict(list)
    for turn in turns:
        groups[turn.context.task, turn.context.language, turn.model or ""].append(turn)
    return [_line(*key, group) for key, group in sorted(groups.items())]


def _line(task: str, language: str, model: str, turns: list[TurnRecord]) -> StatsLine:
    verdicts: Counter[Verdict] = Counter(verdict_of(turn.signal) for turn in turns)
    return StatsLine(
        task,
        language,
        model or None,
        turns=len(turns),
        good=verdicts["good"],
        bad=verdicts["bad"],
        unknown=verdicts["unknown"],
        median_s=median(turn.seconds for turn in turns),
    )
