"""How often the replay of a log lets learning be switched on, and whether its interval holds.

Simulated logs: two models, the first the default, a person who says of six answers in ten what
they think. `good` are the shares of answers that are good.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.report import Figure, run
from core.feedback import bandit
from core.feedback.record import TurnRecord
from core.feedback.replay import Policy, replay
from tests.feedback.turns import always_half, contrary, half_gain, simulated

LOGS, COVERAGE_LOGS = 40, 200


class Case(NamedTuple):
    """`drawn` is the share of turns that goes to either model by lot."""

    name: str
    good: tuple[float, float]
    drawn: float
    turns: int
    policy: Policy = bandit.learned


CASES = (
    *(Case("much better", (0.3, 0.9), 0.2, turns) for turns in (100, 200, 400)),
    *(Case("better", (0.5, 0.8), 0.2, turns) for turns in (200, 400, 800)),
    Case("better, fewer drawn", (0.5, 0.8), 0.1, 800),
    Case("as good", (0.8, 0.8), 0.2, 800),
    Case("worse", (0.8, 0.5), 0.2, 800),
    Case("worse, and a policy that prefers it", (0.8, 0.5), 0.2, 800, contrary),
)


def measure() -> list[Figure]:
    figures = [_switched_on(case) for case in CASES]
    for good in ((0.3, 0.9), (0.9, 0.3), (0.6, 0.6)):
        figures.extend(_coverage(good))
    return figures


def _switched_on(case: Case) -> Figure:
    allowed = sum(
        replay(_log(case.good, case.turns, case.drawn, seed), case.policy).not_worse
        for seed in range(LOGS)
    )
    good = " and ".join(f"{share:g}" for share in case.good)
    name = f"{case.name}: {good} good, {case.turns} turns, {case.drawn:.0%} drawn: switched on"
    return Figure(name, allowed / LOGS, "of logs")


def _coverage(good: tuple[float, float]) -> Iterator[Figure]:
    """Of a policy whose true gain is known."""
    truth, above, below = half_gain(*good), 0, 0
    for seed in range(COVERAGE_LOGS):
        shown = replay(_log(good, 400, 0.2, seed, complains=1.0), always_half)
        above += shown.low is not None and shown.low > truth
        below += shown.high is not None and shown.high < truth
    name = f"{good[0]:g} and {good[1]:g} good, 400 turns"
    for end, missed in (("low end above", above), ("high end below", below)):
        rate = missed / COVERAGE_LOGS
        yield Figure(f"{name}: {end} the truth", rate, "of logs", "<= 0.025", rate <= 0.025)


def _log(
    good: tuple[float, float], turns: int, drawn: float, seed: int, complains: float = 0.6
) -> Iterator[TurnRecord]:
    goodness = dict(zip(("default", "other"), good, strict=True))
    return simulated(goodness, turns, seed=seed, explore_share=drawn, complains=complains)


if __name__ == "__main__":
    run("feedback", measure)
