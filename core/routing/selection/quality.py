"""How good a model is at a task: a declared prior, moved by outcomes.

Owns the arithmetic of belief; knows nothing of where outcomes are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from core.errors import InvalidInput

PRIOR_ANSWERS = 10.0
"""A rating counts as much as this many answers."""
MOST_ANSWERS = 50.0
"""Evidence never counts for more, so that what changed is noticed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one answer was received. `reward` in [0, 1]; `weight` is how sure that is.

    Raises: InvalidInput, for a reward beyond that or a weight below 0.
    """

    model: str
    task: str
    reward: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.reward <= 1 and self.weight >= 0):
            raise InvalidInput(
                f"reward is {self.reward} and weight {self.weight}.",
                key="outcome",
                hint="A reward is in [0, 1], a weight not below 0.",
            )


@dataclass(frozen=True, slots=True)
class Belief:
    """A beta distribution over the quality in [0, 1]."""

    good: float
    bad: float

    @classmethod
    def from_prior(cls, quality: float) -> Self:
        """What a declared quality in [0, 1] is worth."""
        return cls(quality * PRIOR_ANSWERS, (1 - quality) * PRIOR_ANSWERS)

    @property
    def mean(self) -> float:
        return self.good / (self.good + self.bad)

    @property
    def answers(self) -> float:
        """Outcomes in it beyond the prior; discounted ones count less than one."""
        return max(0.0, self.good + self.bad - PRIOR_ANSWERS)


def believed(quality: float, outcomes: Iterable[Outcome]) -> Belief | None:
    """What `outcomes` of one model and task make of its declared quality; None without any."""
    belief = None
    for outcome in outcomes:
        belief = posterior(belief or Belief.from_prior(quality), outcome)
    return belief


def posterior(prior: Belief, outcome: Outcome) -> Belief:
    """The belief after one more outcome; beyond MOST_ANSWERS the past fades."""
    good = prior.good + outcome.weight * outcome.reward
    bad = prior.bad + outcome.weight * (1 - outcome.reward)
    fade = min(1.0, MOST_ANSWERS / (good + bad))
    return Belief(good * fade, bad * fade)
