"""How often each model is expected to be used: what the guesses say, by how well each did.

Owns how far each guess is believed; the guesses are in `usage`, their trials in `rehearsal`.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.plan import LEAST_LOAD_S, Resident
from core.model_pool.scheduling.rehearsal import Rehearsal
from core.model_pool.scheduling.usage import AtHand, Lately, Returns

HALVES_EVERY_LOADS = 0.25
"""A guess that would have spent so much of a load more than another is believed half as much."""


class Expectation:
    """Three guesses, each rehearsed on what was really asked for."""

    def __init__(self) -> None:
        self._lately = Lately()
        self._rehearsals = (
            Rehearsal(AtHand()),
            Rehearsal(Returns()),
            Rehearsal(self._lately, trust=2.0),
        )

    def used(self, model: Resident, limit: Amount, now_s: float) -> None:
        """`model` was used; all models together may take `limit`."""
        for rehearsal in self._rehearsals:
            rehearsal.used(model, limit, now_s)

    def uses_per_s(self, load_s: Mapping[str, float], now_s: float) -> dict[str, float]:
        """The expected rate of uses of each, given how long each takes to load.

        The guesses are mixed as shares of the reloading that they expect, for that is what
        they were tried by. How much it is together, `Lately` says. All 0 before the first use.
        """
        seconds = {name: max(each_s, LEAST_LOAD_S) for name, each_s in load_s.items()}
        rates = dict.fromkeys(seconds, 0.0)
        reloading = 0.0
        for rehearsal, belief in zip(self._rehearsals, self._beliefs(), strict=True):
            guessed = rehearsal.guess.rates(seconds, now_s)
            together = sum(rate * seconds[name] for name, rate in guessed.items())
            for name, rate in guessed.items():
                rates[name] += belief * rate / (together or 1.0)
            if rehearsal.guess is self._lately:
                reloading = together
        return {name: rate * reloading for name, rate in rates.items()}

    def _beliefs(self) -> list[float]:
        """One for each rehearsal; together 1."""
        least_s = min(each.load_s for each in self._rehearsals)
        halves_every_s = HALVES_EVERY_LOADS * self._load_s()
        beliefs = [
            each.trust * 2 ** ((least_s - each.load_s) / halves_every_s)
            for each in self._rehearsals
        ]
        return [belief / sum(beliefs) for belief in beliefs]

    def _load_s(self) -> float:
        """What a load takes, on average over all rehearsals."""
        loads = sum(each.loads for each in self._rehearsals)
        spent_s = sum(each.load_s for each in self._rehearsals)
        return max(spent_s / loads, LEAST_LOAD_S) if loads else LEAST_LOAD_S
