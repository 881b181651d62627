"""Documents followed while they change, by looking at them again and again.

Owns when to look and what is worth telling; knows nothing of how files are read. Sizes and
times are compared, which works on every file system, network drives too (ADR 31).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.cancellation import Cancellation
from core.clock import Clock, SystemClock
from core.errors import Cancelled, StorageError
from core.retrieval.indexing import IndexReport
from core.retrieval.listing import Skipped
from core.retrieval.progress import Silent
from core.retrieval.settling import QUIET_S, Settling
from core.retrieval.upkeep import Upkeep

PAUSE_S = 1.0
SHARE_OF_TIME = 0.05
"""Looking where nothing changed takes at most this share: many files are looked at less often."""

THE_INDEX = "the index"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has found, where it is worth telling.

    `begun` are problems that were not there at the look before, `ended` the paths of those
    that are no more.
    """

    report: IndexReport
    begun: tuple[Skipped, ...] = ()
    ended: tuple[str, ...] = ()

    @property
    def updated(self) -> bool:
        """Whether the index was changed."""
        return bool(self.report.added or self.report.changed or self.report.removed)


class Watch:
    """Follows `roots`, absolute ones. `known_problems` are told already."""

    def __init__(
        self,
        upkeep: Upkeep,
        roots: Sequence[str],
        known_problems: Sequence[Skipped] = (),
        *,
        pause_s: float = PAUSE_S,
        quiet_s: float = QUIET_S,
        clock: Clock | None = None,
    ) -> None:
        self._upkeep = upkeep
        self._roots = roots
        self._problems = {each.path: each for each in known_problems}
        self._pause_s = pause_s
        self._clock = clock or SystemClock()
        self._settling = Settling(self._clock, quiet_s=quiet_s)

    def looks(self, stop: Cancellation) -> Iterator[Look]:
        """One for each time that there is something to tell, until `stop` is raised.

        What fails, such as a disk or a database that is busy, is tried again.
        """
        stopped = threading.Event()
        with stop.on_cancel(stopped.set):
            while not stopped.is_set():
                began_s = self._clock.now_s()
                try:
                    look = self.look(stop)
                except Cancelled:
                    return
                took_s = 0.0 if look.updated else self._clock.now_s() - began_s
                if look.updated or look.begun or look.ended:
                    yield look
                stopped.wait(max(self._pause_s, took_s / SHARE_OF_TIME))

    def look(self, stop: Cancellation | None = None) -> Look:
        """One look at all roots. Raises: Cancelled."""
        self._settling.look_again()
        try:
            report = self._upkeep.update(
                self._roots, Silent(), stop, at_rest=self._settling.at_rest, retry_problems=False
            )
        except StorageError as error:
            report = IndexReport(problems=[Skipped(THE_INDEX, str(error))])
            # Nothing is known of what was a problem before.
            problems = self._problems | {THE_INDEX: report.problems[0]}
        else:
            problems = {each.path: each for each in report.problems}
        before, self._problems = self._problems, problems
        begun = tuple(each for path, each in problems.items() if before.get(path) != each)
        return Look(report, begun, tuple(path for path in before if path not in problems))
