"""The pool told which models come next, while the present one works.

Owns the guesses of one run and taking them back.
"""

from __future__ import annotations

import threading

from core.model_pool import ModelPool, Prefetch
from core.workflow.job import Job
from core.workflow.phases import TaskPhase

CERTAIN, MAYBE = 1.0, 0.5


class Fetcher:
    """Hears which phase has its model, and hints at those of the next wave."""

    def __init__(self, pool: ModelPool, job: Job) -> None:
        self._pool = pool
        self._job = job
        self._lock = threading.Lock()
        self._guesses: list[Prefetch] = []

    def loaded(self, phase: TaskPhase, model: str) -> None:
        """`model` is there for `phase`."""
        following = self._job.plan.following(phase)
        coming = {self._job.strategy.choice(each).primary_model.model for each in following}
        # A review that passes needs no refinement.
        likelihood = MAYBE if phase is TaskPhase.REVIEW else CERTAIN
        for name in sorted(coming - {model}):
            guess = self._pool.prefetch(name, likelihood)
            with self._lock:
                self._guesses.append(guess)

    def take_back(self) -> None:
        """The run is over: what was guessed and not used is wanted no more."""
        with self._lock:
            guesses, self._guesses = self._guesses, []
        for guess in guesses:
            guess.cancel()
