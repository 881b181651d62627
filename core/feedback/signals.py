"""How an answer was received: the signals there are, and what each is worth.

Owns their names and scores; knows nothing of how they are noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["good", "bad", "unknown"]
Signal = Literal["good", "bad", "thanks", "objection", "repetition", "short", "stopped", "went_on"]
"""`good` and `bad` were said with a command; `thanks`, `objection`, `repetition` and `went_on`
(nothing of these) were read from the next message; `short` and `stopped` are of the answer."""

SCORES: Mapping[Signal, float] = {
    "good": 1.0,
    "bad": -1.0,
    "thanks": 0.8,
    "objection": -0.7,
    "repetition": -0.9,
    "short": -0.3,
    "stopped": -0.2,
    "went_on": 0.0,
}
"""From -1 to 1. Source of the middle five: SARAi's published rules."""

PLAIN = 0.5
"""A score this far from 0 is a verdict; what is nearer counts in learning alone."""
SILENCE_WEIGHT = 0.25
"""That nothing was said counts so much, for and against, or one complaint in a hundred answers
would look like one in two."""


@dataclass(frozen=True, slots=True)
class Reward:
    """`value` is 1 (good), 0 (bad) or 0.5 (neither); `weight` in (0, 1] how sure that is."""

    value: float
    weight: float


def score_of(signal: Signal | None) -> float:
    """From -1 to 1; what is not known is neither good nor bad."""
    return SCORES[signal] if signal else 0.0


def verdict_of(signal: Signal | None) -> Verdict:
    """What a person would call it; None is an answer of which nothing is known yet."""
    score = score_of(signal)
    if score >= PLAIN:
        return "good"
    return "bad" if score <= -PLAIN else "unknown"


def reward_of(signal: Signal) -> Reward:
    """What it counts in learning."""
    score = SCORES[signal]
    value = 0.5 if score == 0 else float(score > 0)
    return Reward(value, abs(score) or SILENCE_WEIGHT)
