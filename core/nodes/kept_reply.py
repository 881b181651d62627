"""An answer that was given before, where the same question may have the same answer.

Owns which turns that is (ADR 31 says why); what "the same" means is `agents.kept_answers`'s.
What the database refuses is logged and costs no answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.agent import Agent, Answer, Question
from agents.kept_answers import (
    answer_key,
    first_usable,
    from_text,
    is_repeatable,
    to_text,
    worth_keeping,
)
from core.emotion.manner import Manner
from core.errors import StorageError
from core.retrieval.passage import Passage
from core.routing.configured import thresholds_of
from core.services import Services
from core.state import State
from core.text.lasting import is_dated, is_personal

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of earlier; `at` is when its model gave it, ISO 8601, UTC."""

    answer: Answer
    at: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """A turn that may take an answer of earlier, or leave one for later.

    Args:
        model: who answers it otherwise.
        anew: whether the caller wants it answered anew.
    """

    key: str
    model: str
    anew: bool
    services: Services

    def given_before(self) -> Given | None:
        """The answer that is kept; None where there is none, and where a new one is wanted."""
        if self.anew:
            return None
        try:
            kept = self.services.answers.get(self.key)
        except StorageError as error:
            logger.warning("No kept answer was looked for. %s", error)
            return None
        if kept is None:
            return None
        at = datetime.fromtimestamp(kept.made_at_s, UTC).isoformat(timespec="seconds")
        return Given(from_text(kept.result), at)

    def keep(self, made: Answer) -> None:
        """Keep what the model said, if it said it to its end."""
        if worth_keeping(made, self.model):
            try:
                self.services.answers.put(self.key, to_text(made))
            except StorageError as error:
                logger.warning("The answer was not kept. %s", error)


def keeping_of(
    agent: Agent,
    question: Question,
    state: State,
    *,
    manner: Manner,
    sources: Sequence[Passage],
    services: Services,
) -> Keeping | None:
    """None for a turn that has no part in it."""
    if not services.settings.answer_cache.enabled or not _lasts(state, manner, sources, services):
        return None
    if question.memories:  # what is remembered of one is nobody else's, and may be forgotten
        return None
    model = first_usable(agent, question, services.pool)
    wished = question.preferences.get("cache")
    asked = services.settings.answer_cache.above_zero if wished is None else wished
    if model is None or not (asked or is_repeatable(question, model, services.pool)):
        return None
    key = answer_key(agent, question, services.pool, user=state.get("user_id"))
    return Keeping(key, model, wished is False, services)


def _lasts(state: State, manner: Manner, sources: Sequence[Passage], services: Services) -> bool:
    """Whether the answer is nobody's own and holds tomorrow: no feelings, no news, no media."""
    if state.get("input_type") != "text" or state.get("store_memory") is False:
        return False
    said = [state.get("input") or "", *(turn["user"] for turn in state.get("history") or ())]
    return not (
        is_felt(state, manner)
        or _is_asked_of_the_web(state, sources, services)
        or any(is_personal(each) or is_dated(each) for each in said)
    )


def is_felt(state: State, manner: Manner) -> bool:
    """Whether the turn carries feeling, which is answered anew each time."""
    label = manner.emotion["label"] if manner.emotion else "neutral"
    return (
        state.get("route") == "omni" or label != "neutral" or manner.careful or bool(manner.opening)
    )


def _is_asked_of_the_web(state: State, sources: Sequence[Passage], services: Services) -> bool:
    scores = state.get("scores")
    fresh = scores is not None and scores["web_query"] > thresholds_of(services.settings).web_query
    return fresh or any(not source.sha256 for source in sources)
