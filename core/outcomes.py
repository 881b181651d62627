"""How answers were received, in the form that the choice of models learns from.

Owns the way from the feedback log to the selector, so that neither knows the other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.errors import StorageError
from core.feedback.log import FeedbackLog
from core.feedback.record import TurnRecord
from core.feedback.signals import reward_of, score_of
from core.routing.selection import Outcome

logger = logging.getLogger(__name__)


def outcomes_of(log: FeedbackLog) -> Callable[[], list[Outcome]]:
    """What was said of all answers in the log, oldest first; silence says nothing of quality.

    Read anew at each call. What cannot be read is logged, and models are as they were declared.
    """

    def read() -> list[Outcome]:
        try:
            turns = log.turns()
        except StorageError as error:
            logger.warning("What was said of answers is not known. %s", error)
            return []
        return [outcome for turn in turns if (outcome := _outcome(turn)) is not None]

    return read


def _outcome(turn: TurnRecord) -> Outcome | None:
    if turn.signal is None or turn.model is None or score_of(turn.signal) == 0:
        return None
    reward = reward_of(turn.signal)
    return Outcome(turn.model, turn.context.task, reward.value, reward.weight)
