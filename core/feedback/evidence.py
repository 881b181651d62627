"""What earlier turns taught of each model: good and bad answers, fading with time.

Owns the counts and the beta distributions made of them; decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from core.feedback.record import Context
from core.feedback.signals import Reward

HALF_LIFE_DAYS = 60.0
"""After so many days an answer counts half: models, and what they are asked, change."""
MOST_EVIDENCE = 50.0
"""No model's answers of one kind ever count for more."""
PRIOR_ANSWERS = 4.0
"""What is known of a model on the whole counts as so many answers of a kind."""
NEUTRAL = 0.5


class Beta(NamedTuple):
    """A distribution over how good a model's answers are, in [0, 1]."""

    good: float
    bad: float

    @property
    def mean(self) -> float:
        return self.good / (self.good + self.bad)


@dataclass(slots=True)
class _Count:
    """Weighted answers, as of one day."""

    day: float
    good: float = 0.0
    bad: float = 0.0

    def faded(self, day: float) -> _Count:
        """As of a later day; time never runs backwards, whatever a clock says."""
        left = 0.5 ** (max(0.0, day - self.day) / HALF_LIFE_DAYS)
        return _Count(max(day, self.day), self.good * left, self.bad * left)

    def add(self, reward: Reward, day: float) -> _Count:
        now = self.faded(day)
        good = now.good + reward.weight * reward.value
        bad = now.bad + reward.weight * (1 - reward.value)
        share = min(1.0, MOST_EVIDENCE / (good + bad))
        return _Count(now.day, good * share, bad * share)


class Evidence:
    """Grows by `add`, in the order of time. Days are counted from any fixed moment."""

    def __init__(self) -> None:
        self._by_kind: dict[tuple[Context, str], _Count] = {}
        self._by_model: dict[str, _Count] = {}

    def add(self, context: Context, model: str, reward: Reward, day: float) -> None:
        """One answer more."""
        key = (context, model)
        self._by_kind[key] = self._by_kind.get(key, _Count(day)).add(reward, day)
        self._by_model[model] = self._by_model.get(model, _Count(day)).add(reward, day)

    def answers(self, context: Context, model: str, day: float) -> float:
        """How many answers of this kind count still."""
        count = self._by_kind.get((context, model), _Count(day)).faded(day)
        return count.good + count.bad

    def beta(self, context: Context, model: str, day: float) -> Beta:
        """What is believed of the model's answers of this kind: those of all kinds as a prior,
        itself drawn to the middle, then those of this kind."""
        whole = self._by_model.get(model, _Count(day)).faded(day)
        prior = (whole.good + NEUTRAL * PRIOR_ANSWERS) / (whole.good + whole.bad + PRIOR_ANSWERS)
        own = self._by_kind.get((context, model), _Count(day)).faded(day)
        return Beta(
            PRIOR_ANSWERS * prior + own.good,
            PRIOR_ANSWERS * (1 - prior) + own.bad,
        )
