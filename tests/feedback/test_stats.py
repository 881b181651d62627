"""How turns are counted."""

from __future__ import annotations

from dataclasses import replace

from core.feedback.record import Context
from core.feedback.signals import Signal
from core.feedback.stats import StatsLine, stats_of
from tests.feedback.turns import turn


def test_a_line_for_each_task_language_and_model() -> None:
    signals: tuple[Signal | None, ...] = (
        "good",
        "thanks",
        "bad",
        "repetition",
        "short",
        "went_on",
        None,
    )
    coding = [
        replace(turn(), signal=signal, seconds=float(n)) for n, signal in enumerate(signals, 1)
    ]
    picture = replace(turn(), context=Context("image", "easy", "en"), model=None)
    harder = replace(turn(), context=Context("coding", "easy", "es"), seconds=99.0)
    assert stats_of([picture, *coding, harder]) == [
        StatsLine("coding", "es", "small", turns=8, good=2, bad=2, unknown=4, median_s=4.5),
        StatsLine("image", "en", None, turns=1, good=0, bad=0, unknown=1, median_s=1.5),
    ]


def test_an_empty_log_has_no_line() -> None:
    assert stats_of([]) == []
