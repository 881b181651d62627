"""Which agent answers a text, and why, in one sentence.

Owns the order of the routes and what is done when the scores are too close to tell; knows
neither models nor how the scores came about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from core.routing.control_plane import weigh
from core.state import Scores, TextRoute


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A route is taken above its threshold, never at it, so 1.0 switches it off.

    `undecided` is how close to 0.5 `hard` counts as a coin toss. Source: that of alpha is
    SARAi's published rule; those of soft and web_query follow from what errors cost, for calibrated
    scores (docs/adr/0037); the others are our own.
    """

    expert: float = 0.7  # on alpha
    empathy: float = 0.45  # on soft
    web_query: float = 0.55
    doc_match: float = 0.5
    out_of_scope: float = 0.5
    undecided: float = 0.1


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """`reason` is one plain English sentence with the figures that decided.

    `undecided`: the scores did not tell; a model that is at hand was preferred.
    """

    route: TextRoute
    reason: str
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """The smallest change of one score that would have changed the route."""

    score: str
    value: float
    route: TextRoute


DEFAULT_THRESHOLDS = Thresholds()
CARE = RouteChoice("omni", "Somebody may be in danger.")  # before every score and wish
COIN_TOSS = 0.5


def choose_route(
    scores: Scores,
    alpha: float,
    *,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    documents_given: bool = False,
    out_of_scope: float = 0.0,
    expert_is_loaded: Callable[[], bool] | None = None,
) -> RouteChoice:
    """The first route whose condition holds: rag, expert, omni, else tiny.

    Between expert and tiny, what the scores cannot tell the memory does: the expert when
    it is loaded already, else tiny.

    Args:
        alpha: the weight of the expert branch.
        documents_given: the caller asked for an answer from documents or passages.
        out_of_scope: the probability that nothing is asked for that the scores know.
        expert_is_loaded: asked only when the scores do not tell; None: they always do.
    """
    if documents_given:
        return RouteChoice("rag", "The caller asked for an answer from documents.")
    for score in ("doc_match", "web_query"):
        limit = getattr(thresholds, score)
        value = scores[score]
        if value > limit:
            return RouteChoice("rag", f"{score} {value:.2f} is above {limit:.2f}.")
    figures = f"(hard {scores['hard']:.2f}, soft {scores['soft']:.2f})"
    if expert_is_loaded is not None:
        doubt = _doubt(scores, out_of_scope, thresholds)
        if doubt:
            return _at_hand(doubt, figures, expert_is_loaded())
    return _by_weights(scores, alpha, thresholds, figures)


def alternatives(
    scores: Scores, *, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> Iterator[Alternative]:
    """For each score, the nearest value (to 0.01) that would have led elsewhere, if any."""
    chosen = choose_route(scores, weigh(scores).alpha, thresholds=thresholds).route
    for score, now in cast("dict[str, float]", scores).items():
        for value in _nearest_first(now):
            changed = _changed(scores, score, value)
            route = choose_route(changed, weigh(changed).alpha, thresholds=thresholds).route
            if route != chosen:
                yield Alternative(score, value, route)
                break


def _nearest_first(now: float) -> list[float]:
    return sorted((step / 100 for step in range(101)), key=lambda value: abs(value - now))


def _changed(scores: Scores, score: str, value: float) -> Scores:
    return cast(Scores, {**scores, score: value})


def _by_weights(scores: Scores, alpha: float, thresholds: Thresholds, figures: str) -> RouteChoice:
    if alpha > thresholds.expert:
        return RouteChoice(
            "expert", f"alpha {alpha:.2f} is above {thresholds.expert:.2f} {figures}."
        )
    if scores["soft"] > thresholds.empathy:
        return RouteChoice(
            "omni", f"soft {scores['soft']:.2f} is above {thresholds.empathy:.2f} {figures}."
        )
    return RouteChoice("tiny", f"No score is above its threshold {figures}.")


def _doubt(scores: Scores, out_of_scope: float, thresholds: Thresholds) -> str:
    """Why the scores do not tell expert from tiny; empty when they do."""
    if scores["soft"] > thresholds.empathy or thresholds.expert >= 1.0:
        return ""  # a feeling decides, or nobody asks for the expert
    if out_of_scope > thresholds.out_of_scope:
        return f"Nothing known is asked for (out of scope {out_of_scope:.2f})"
    if abs(scores["hard"] - COIN_TOSS) < thresholds.undecided:
        return f"hard {scores['hard']:.2f} is too close to a coin toss to tell"
    return ""


def _at_hand(doubt: str, figures: str, expert_is_loaded: bool) -> RouteChoice:
    if expert_is_loaded:
        return RouteChoice("expert", f"{doubt}; the expert is loaded {figures}.", undecided=True)
    reason = f"{doubt}; the expert is not loaded {figures}."
    return RouteChoice("tiny", reason, undecided=True)
