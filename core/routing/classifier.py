"""What a text asks for: how hard, how emotional, how much of today, and which task.

Owns the scores; knows neither routes nor models. Evidence is a lexicon of bilingual cues
and the form of the prompt, with weights set by hand: a small classifier that can say
exactly why, not a learned one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.language import turn_language
from core.routing.evidence import (
    SCORES,
    Evidence,
    Reason,
    best_task,
    reasons,
    saturate,
    total,
)
from core.routing.lexicon import Lexicon, load_lexicon
from core.routing.reading import cue_evidence
from core.routing.structure import structural_evidence
from core.state import Language, PastTurn, Task
from core.text.folding import folded_words

PRESENT_CONCEPT = "at_present"
# Whoever says one of these asks about the two of us, not about the world.
_OURSELVES = frozenset(
    {"i", "i'm", "me", "my", "we", "our", "you", "your", "yo", "mi", "mis", "te", "tu", "tus"}
    | {"nos", "puedo", "hago", "debo", "tengo", "estas"}
)
FOLLOW_UP_WORDS = 6  # a longer message stands for itself
SIMPLE_WORDS = 12  # without any cue, a shorter one is a simple request


@dataclass(frozen=True, slots=True)
class Classification:
    """Scores in [0, 1], independent of one another.

    `confidence`, in [0, 1], is how much evidence there was; it is no probability of being
    right. `reasons` are the sums behind the scores, largest first.
    """

    hard: float
    soft: float
    web_query: float
    task: Task
    language: Language
    confidence: float
    reasons: tuple[Reason, ...]


class Classifier:
    """Pure and immutable; one instance serves all threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    @classmethod
    def load(cls) -> Classifier:
        """A classifier with the packaged cues."""
        return cls(load_lexicon())

    def classify(self, text: str, history: Sequence[PastTurn] | None = None) -> Classification:
        """Score `text`; a short follow-up ("sí, sigue") counts as the turn it goes on with.

        Args:
            history: earlier turns of the conversation, oldest first.
        """
        evidence = self._evidence(text)
        earlier = self._subject_of(text, evidence, history or ())
        language = turn_language(text, history)
        if earlier is None:
            return _classification(text, evidence, language)
        carried = [_renamed(item, f"follow-up, {item.cue}") for item in self._evidence(earlier)]
        return _classification(earlier, carried, language)

    def _evidence(self, text: str) -> list[Evidence]:
        words = folded_words(text)
        evidence = structural_evidence(text, len(words)) + cue_evidence(text, self._lexicon)
        if _asks_of_the_world_now(text, words, evidence):
            evidence.append(Evidence("asks about the present", web_query=0.7))
        return evidence

    def _subject_of(
        self, text: str, evidence: list[Evidence], history: Sequence[PastTurn]
    ) -> str | None:
        """The earlier message that `text` goes on with; None when it stands for itself."""
        if not self._is_follow_up(text, evidence):
            return None
        for turn in reversed(history):
            if not self._is_follow_up(turn["user"], self._evidence(turn["user"])):
                return turn["user"]
        return None

    def _is_follow_up(self, text: str, evidence: list[Evidence]) -> bool:
        words = folded_words(text)
        if evidence or not 0 < len(words) <= FOLLOW_UP_WORDS:
            return False
        continuations = self._lexicon.continuations.find(words)
        return bool(continuations) and continuations[0].start == 0


def _asks_of_the_world_now(text: str, words: list[str], evidence: list[Evidence]) -> bool:
    if "?" not in text or not _OURSELVES.isdisjoint(words):
        return False
    return any(item.cue.startswith(PRESENT_CONCEPT + ":") for item in evidence)


def _renamed(item: Evidence, cue: str) -> Evidence:
    return Evidence(cue, item.hard, item.soft, item.web_query, item.tasks)


def _classification(text: str, evidence: list[Evidence], language: Language) -> Classification:
    sums = {score: total(evidence, score) for score in SCORES}
    tasks = sum(sum(item.tasks.values()) for item in evidence)
    return Classification(
        hard=saturate(sums["hard"]),
        soft=saturate(sums["soft"]),
        web_query=saturate(sums["web_query"]),
        task=best_task(evidence) or _default_task(text, sums["hard"]),
        language=language,
        confidence=saturate(sum(sums.values()) + tasks),
        reasons=reasons(evidence),
    )


def _default_task(text: str, hard_sum: float) -> Task:
    if saturate(hard_sum) > 0.5:
        return "reasoning"
    return "simple" if len(folded_words(text)) <= SIMPLE_WORDS else "exploration"
