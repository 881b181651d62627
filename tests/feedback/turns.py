"""Turns as the log keeps them, logs that were simulated, and policies to replay them with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from core.feedback import bandit
from core.feedback.evidence import Evidence
from core.feedback.record import Context, TurnRecord
from core.feedback.replay import day_of, learn_from
from core.feedback.signals import Signal

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CODING = Context("coding", "hard", "es")


def turn(run_id: str = "a", *, at: datetime = NOON, signal: Signal | None = None) -> TurnRecord:
    """One by the model `small`, in the thread `casa`."""
    return TurnRecord(run_id, at, "casa", CODING, "small", 1.5, signal=signal)


def simulated(
    goodness: Mapping[str, float],
    count: int,
    *,
    seed: int,
    explore_share: float = 0.2,
    learns: bool = False,
    complains: float = 0.6,
) -> Iterator[TurnRecord]:
    """A log in which each answer of a model is good with its probability; the first is the
    default. A person says so of the share `complains` of the answers, and else goes on."""
    lot, evidence, options = Random(seed), Evidence(), tuple(goodness)
    for number in range(count):
        at = NOON + timedelta(hours=number)
        probabilities = bandit.unlearned(options, explore_share)
        if learns:
            probabilities = bandit.learned(evidence, CODING, options, day_of(at), probabilities)
        draw = bandit.drawn(options, probabilities, f"{seed}-{number}")
        good = lot.random() < goodness[draw["chosen"]]
        said: Signal = "thanks" if good else "objection"
        made = replace(
            turn(str(number), at=at, signal=said if lot.random() < complains else "went_on"),
            model=draw["chosen"],
            draw=draw,
        )
        learn_from(evidence, made)
        yield made


def contrary(
    evidence: Evidence,
    context: Context,
    options: Sequence[str],
    day: float,
    base: dict[str, float],
) -> dict[str, float]:
    """Gives each of two models what the other one has earned."""
    found = bandit.learned(evidence, context, options, day, base)
    return dict(zip(options, reversed(list(found.values())), strict=True))


def always_half(
    _evidence: Evidence,
    _context: Context,
    options: Sequence[str],
    _day: float,
    _base: dict[str, float],
) -> dict[str, float]:
    """A policy whose true gain is known: `half_gain`."""
    return dict.fromkeys(options, 1 / len(options))


def half_gain(default: float, other: float) -> float:
    """How much more than `default` half of each earns, where they are good so often and each is
    judged: the reward of a thanked answer is 0.9, of one that was objected to 0.15."""
    return 0.5 * (other - default) * (0.9 - 0.15)
