"""What a text asks for: how hard, how emotional, how much of today, and which task.

Owns the classification of a text in its conversation; knows neither routes nor models.
Linear heads over letters, words, cues, form and opening: a small learned classifier whose reasons
are the exact shares that it summed. How it is trained: models/router.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from core.language import language_of_words, turn_language
from core.routing.heads import BINARY, TASKS, load_model, web_query
from core.routing.injected import what_was_asked
from core.routing.reasons import Reason, largest_shares
from core.routing.structure import OPENING_WORDS, form_of
from core.state import Language, PastTurn, Task
from core.text.features import Features, features_of
from core.text.lexicon import Lexicon
from core.text.linear import Heads, probabilities, shares_of_one
from core.text.spelling import Spelling

FOLLOW_UP_WORDS = 6  # a longer message stands for itself


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a classification was made of, kept so that its reasons can be asked for."""

    features: Features
    heads: Heads
    language: Language
    carried: bool = False  # of an earlier turn, which the text goes on with


@dataclass(frozen=True, slots=True)
class Classification:
    """Calibrated probabilities in [0, 1]; of `tasks` they sum to 1, the others are independent.

    `fresh`: facts of today are asked for. `fact`: if not, then one that lasts is.
    `urgency`: a fast answer is wanted. `creativity`: something is to be made up.
    `out_of_scope`: nothing is asked for that the heads know. `confidence`: how far the
    least certain of hard, soft and web_query is from a coin toss, 0 to 1. `margin`: how far
    the best task is ahead of the second.
    """

    hard: float
    soft: float
    fresh: float
    fact: float
    urgency: float
    creativity: float
    out_of_scope: float
    task: Task
    tasks: Mapping[Task, float]
    language: Language
    evidence: Evidence = field(compare=False, repr=False)

    @property
    def web_query(self) -> float:
        """How much the web is wanted: for facts of today, and a little for those that last."""
        return web_query(self.fresh, self.fact)

    @property
    def confidence(self) -> float:
        return min(abs(2 * score - 1) for score in (self.hard, self.soft, self.web_query))

    @property
    def runner_up(self) -> Task:
        return sorted(TASKS, key=lambda task: -self.tasks[task])[1]

    @property
    def margin(self) -> float:
        return self.tasks[self.task] - self.tasks[self.runner_up]

    @property
    def follow_up(self) -> bool:
        """Whether this is the classification of an earlier turn."""
        return self.evidence.carried

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The largest shares of each score and of the two best tasks, largest first.

        Worked out anew at each call.
        """
        columns = (*BINARY, self.task, self.runner_up)
        evidence = self.evidence
        return largest_shares(evidence.features, evidence.heads, evidence.language, columns)


class Classifier:
    """Pure and immutable; one instance serves all threads."""

    def __init__(self, heads: Heads, lexicon: Lexicon) -> None:
        self._heads = heads
        self._lexicon = lexicon

    @classmethod
    def load(cls) -> Classifier:
        """The packaged classifier, loaded once per process."""
        return _packaged()

    def classify(self, text: str, history: Sequence[PastTurn] | None = None) -> Classification:
        """Score `text`; a short follow-up ("sí, sigue") counts as the turn it goes on with.

        What a harness put around the words (delimited blocks, pasted files) is not judged.

        Args:
            history: earlier turns of the conversation, oldest first.
        """
        asked = what_was_asked(text)
        features = self._features(asked)
        language = _language(asked, features, history)
        if history and self._goes_on(features):
            earlier = self._subject(history)
            if earlier is not None:
                evidence = replace(earlier.evidence, carried=True)
                return replace(earlier, language=language, evidence=evidence)
        return self._classified(features, language)

    def _subject(self, history: Sequence[PastTurn]) -> Classification | None:
        """The newest earlier message that stands for itself."""
        for turn in reversed(history):
            asked = what_was_asked(turn["user"])
            features = self._features(asked)
            if not self._goes_on(features):
                return self._classified(features, _language(asked, features))
        return None

    def _features(self, asked: str) -> Features:
        return features_of(asked, self._lexicon, form_of, opening_words=OPENING_WORDS)

    def _goes_on(self, features: Features) -> bool:
        """Whether these few words go on with what was said, and say nothing new by themselves."""
        reading = features.reading
        if not 0 < len(reading.words) <= FOLLOW_UP_WORDS:
            return False
        found = self._lexicon.continuations.find(reading.words)
        if not found or found[0].start != 0:
            return False
        going_on = sum(match.end - match.start for match in found)
        return not reading.cues or 2 * going_on >= len(reading.words)

    def _classified(self, features: Features, language: Language) -> Classification:
        odds = self._heads.log_odds(features, language)
        scores = dict(zip(BINARY, probabilities(odds[: len(BINARY)]), strict=True))
        tasks = dict(zip(TASKS, shares_of_one(odds[len(BINARY) :]), strict=True))
        return Classification(
            **scores,
            task=max(TASKS, key=tasks.__getitem__),
            tasks=tasks,
            language=language,
            evidence=Evidence(features, self._heads, language),
        )


def _language(
    asked: str, features: Features, history: Sequence[PastTurn] | None = None
) -> Language:
    """As `turn_language`, of words that were already folded."""
    return language_of_words(asked, features.reading.words) or turn_language("", history)


@cache
def _packaged() -> Classifier:
    heads, about = load_model()
    entries = ((kind, id_, tuple(said)) for kind, id_, said in about["cues"])
    spelling = Spelling(about["telling"].split(), frozenset(about["known"].split()))
    return Classifier(heads, Lexicon.of(entries, tuple(about["continuations"]), spelling))
