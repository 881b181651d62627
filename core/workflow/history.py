"""What became of each model's phases, for later choices.

Owns the table `outcomes` and what counts as good; what is made of it is the selector's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from core.errors import EngineCrashed, EngineFailed, PhaseTimeout
from core.routing.selection import Outcome
from core.storage.database import Database
from core.workflow.phases import DRAFTING, TaskPhase
from core.workflow.results import PhaseResult

KEPT = 500
_OPINION = 0.5
"""What the verdict of another model weighs, of the outcome itself."""
_FAULTS = frozenset({EngineCrashed.code, EngineFailed.code, PhaseTimeout.code})
"""Errors that speak against a model; that it is not installed, or has no room, does not."""


class History:
    """The newest outcomes of all models. Threads may share it: see `Database`."""

    def __init__(self, database: Database, *, keep: int = KEPT) -> None:
        self._database = database
        self._keep = keep

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Keep them. Raises: StorageError."""
        if not outcomes:
            return
        rows = [(each.model, each.task, each.reward, each.weight) for each in outcomes]
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO outcomes (model, task, reward, weight) VALUES (?, ?, ?, ?)", rows
            )
            connection.execute(
                "DELETE FROM outcomes WHERE id <= (SELECT max(id) FROM outcomes) - ?", (self._keep,)
            )

    def outcomes(self, models: Collection[str]) -> list[Outcome]:
        """Those of `models`, oldest first. Raises: StorageError."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT model, task, reward, weight FROM outcomes ORDER BY id"
            ).fetchall()
        return [Outcome(*row) for row in rows if row["model"] in models]


def outcomes_of(results: Sequence[PhaseResult], task: str) -> Iterator[Outcome]:
    """What a run says of its models at `task`: failures of their own, and verdicts on drafts."""
    drafted_by = ""
    for result in results:
        for tried in result.tries:
            if tried.code in _FAULTS:
                yield Outcome(tried.model, task, 0.0)
        if result.success and result.phase in DRAFTING:
            drafted_by = result.model_used
        elif result.passed is not None and drafted_by:
            tools_alone = not result.model_used
            weight = 1.0 if tools_alone or result.phase == TaskPhase.VALIDATION else _OPINION
            yield Outcome(drafted_by, task, float(result.passed), weight)
