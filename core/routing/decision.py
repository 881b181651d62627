"""The whole decision on a text, as a value that can be shown: `sarai why`, /why.

Owns the composition (classify, weigh, choose) outside the graph and the search for what
would have changed it; knows neither models nor terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.routing.classifier import Classification, Classifier
from core.routing.control_plane import BranchWeights, weigh
from core.routing.injected import what_was_asked
from core.routing.route import (
    CARE,
    Alternative,
    RouteChoice,
    Thresholds,
    alternatives,
    choose_route,
)
from core.routing.skills import SKILLED, Skill, choose_skill, longest_answer
from core.state import PastTurn, Scores, TextRoute

TRIED_WORDS = 40  # of a longer text only these are left out, one by one


@dataclass(frozen=True, slots=True)
class Decision:
    """`skill` and `tokens` (the longest answer) are those of the routes that have them.
    `turning_words`: each alone, left out of the text, would have led to that route.
    """

    found: Classification
    scores: Scores
    weights: BranchWeights
    choice: RouteChoice
    skill: Skill | None
    tokens: int | None
    alternatives: tuple[Alternative, ...]
    turning_words: tuple[tuple[str, TextRoute], ...]


def decide(
    text: str,
    classifier: Classifier,
    thresholds: Thresholds,
    *,
    history: Sequence[PastTurn] = (),
    doc_match: Callable[[str], float] | None = None,
    expert_is_loaded: Callable[[], bool] | None = None,
    in_danger: Callable[[str], bool] = lambda _: False,
) -> Decision:
    """What the graph would do with `text`, and why.

    Args:
        doc_match: a probe of the user's documents; None: there are none.
        expert_is_loaded: see `choose_route`.
        in_danger: whether the writer of a text may be; then care comes before every score.
    """
    found = classifier.classify(text, history)
    scores = scores_of(found, doc_match(text) if doc_match else 0.0)

    def chosen(said: str, other: Classification) -> RouteChoice:
        if in_danger(what_was_asked(said)):
            return CARE
        these = scores_of(other, scores["doc_match"])
        return choose_route(
            these,
            weigh(these).alpha,
            thresholds=thresholds,
            out_of_scope=other.out_of_scope,
            expert_is_loaded=expert_is_loaded,
        )

    choice = chosen(text, found)
    turning = [
        (word, route)
        for word, shorter in _shortened(text)
        if (route := chosen(shorter, classifier.classify(shorter, history)).route) != choice.route
    ]
    by_kind = choice.route in SKILLED
    skill = choose_skill(found) if by_kind else None
    return Decision(
        found=found,
        scores=scores,
        weights=weigh(scores),
        choice=choice,
        skill=skill,
        tokens=longest_answer(found, skill) if by_kind else None,
        alternatives=() if choice is CARE else tuple(alternatives(scores, thresholds=thresholds)),
        turning_words=tuple(turning),
    )


def scores_of(found: Classification, doc_match: float) -> Scores:
    """The scores that the control plane weighs."""
    return {
        "hard": found.hard,
        "soft": found.soft,
        "web_query": found.web_query,
        "doc_match": doc_match,
    }


def _shortened(text: str) -> list[tuple[str, str]]:
    """Each word, and the text without it; nothing for a single word."""
    words = text.split()
    if len(words) < 2:
        return []
    return [
        (word, " ".join([*words[:place], *words[place + 1 :]]))
        for place, word in enumerate(words[:TRIED_WORDS])
    ]
