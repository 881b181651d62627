"""Whether learning is on, and the models that it draws.

Owns the table `learning`; knows nothing of who could answer: that is the caller's list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import InvalidInput
from core.feedback import bandit
from core.feedback.evidence import Evidence
from core.feedback.log import FeedbackLog
from core.feedback.record import Context
from core.feedback.replay import Replay, day_of, learn_from
from core.state import ModelDraw
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class SwitchedOn:
    """Since when learning is on, and the replay that showed that it is not worse."""

    since: datetime
    turns: int
    gain: float
    low: float
    high: float


class Learning:
    """Draws a model where several could answer. Threads and processes may share it.

    Args:
        explore_share: of the turns that may go to any of the models, by lot.
    """

    def __init__(self, database: Database, log: FeedbackLog, *, explore_share: float = 0.0) -> None:
        self._database = database
        self._log = log
        self._explore_share = explore_share

    def switched_on(self) -> SwitchedOn | None:
        """None while learning is off.

        Raises: StorageError.
        """
        with self._database.connection() as connection:
            row = connection.execute("SELECT * FROM learning").fetchone()
        if row is None:
            return None
        since = datetime.fromisoformat(row["since"])
        return SwitchedOn(since, row["turns"], row["gain"], row["low"], row["high"])

    def switch_on(self, shown: Replay) -> None:
        """Let what was learned decide from now on, as `shown` allows.

        Raises: InvalidInput, when the replay does not show that it is not worse; StorageError.
        """
        if not shown.not_worse:
            raise InvalidInput(
                "The replay does not show that learning is not worse.",
                key="learn",
                hint="`sarai learn --dry-run` prints the replay.",
            )
        since = self._log.now().isoformat(timespec="milliseconds")
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO learning VALUES (1, ?, ?, ?, ?, ?)",
                (since, shown.compared, shown.gain, shown.low, shown.high),
            )

    def switch_off(self) -> bool:
        """Whether it was on.

        Raises: StorageError.
        """
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM learning").rowcount > 0

    def may_draw(self) -> bool:
        """Whether anything could be drawn at all.

        Raises: StorageError.
        """
        return self._explore_share > 0 or self.switched_on() is not None

    def draw(self, context: Context, options: Sequence[str], *, seed: str) -> ModelDraw | None:
        """One of `options`, whose first is the default; None where there is nothing to draw.

        Raises: StorageError.
        """
        learns = self.switched_on() is not None
        if len(options) < 2 or not (learns or self._explore_share):
            return None
        probabilities = bandit.unlearned(options, self._explore_share)
        if learns:
            evidence, day = self._evidence(), day_of(self._log.now())
            probabilities = bandit.learned(evidence, context, options, day, probabilities)
        return bandit.drawn(options, probabilities, seed)

    def _evidence(self) -> Evidence:
        evidence = Evidence()
        for turn in self._log.turns():
            learn_from(evidence, turn)
        return evidence
