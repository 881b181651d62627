"""What one way of guessing would have cost, had it alone decided who leaves.

Owns an imagined pool of the same models in the same room; knows nothing of what is really
loaded, and of requests only that they ended.
"""

from __future__ import annotations

from dataclasses import replace

from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.plan import Admit, Resident, plan_admission
from core.model_pool.scheduling.usage import Guess

KEPT_PER_USE = 0.995
"""Of what it cost: some two hundred uses ago counts for a third."""


class Rehearsal:
    """One guess, and the models that would be loaded by it.

    `load_s` are the seconds it would have spent on loading and `loads` how many loads that
    were, the older ones counting less. `trust` is what the guess is given before it is tried.
    """

    def __init__(self, guess: Guess, trust: float = 1.0) -> None:
        self.guess = guess
        self.trust = trust
        self.load_s = 0.0
        self.loads = 0.0
        self._loaded: dict[str, Resident] = {}

    def used(self, model: Resident, limit: Amount, now_s: float) -> None:
        """`model` was used; loads it first, in imagination, if it had left."""
        self.load_s *= KEPT_PER_USE
        self.loads *= KEPT_PER_USE
        if model.name not in self._loaded:
            self._load(model, limit, now_s)
        self.guess.used(model.name, now_s)

    def _load(self, model: Resident, limit: Amount, now_s: float) -> None:
        rates = self.guess.rates(self._loaded, now_s)
        residents = [replace(each, uses_per_s=rates[name]) for name, each in self._loaded.items()]
        decision = plan_admission(model.reserved, residents, limit)
        if not isinstance(decision, Admit):
            return  # there is less room than when it was really loaded: nothing to learn from it
        for name in decision.victims:
            del self._loaded[name]
        self._loaded[model.name] = model
        self.load_s += model.load_s
        self.loads += 1
