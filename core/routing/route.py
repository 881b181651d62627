"""Which agent answers a text, and why, in one sentence.

Owns the order of the routes; knows neither models nor how the scores came about.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.state import Scores, TextRoute


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A route is taken above its threshold, never at it, so 1.0 switches it off.

    Source: 0.7 three times is SARAi's published rule; `doc_match` is our own.
    """

    expert: float = 0.7  # on alpha
    empathy: float = 0.7  # on soft
    web_query: float = 0.7
    doc_match: float = 0.5


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """`reason` is one plain English sentence with the figures that decided."""

    route: TextRoute
    reason: str


DEFAULT_THRESHOLDS = Thresholds()


def choose_route(
    scores: Scores,
    alpha: float,
    *,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    documents_given: bool = False,
) -> RouteChoice:
    """The first route whose condition holds: rag, expert, omni, else tiny.

    Args:
        alpha: the weight of the expert branch.
        documents_given: the caller asked for an answer from documents or passages.
    """
    if documents_given:
        return RouteChoice("rag", "The caller asked for an answer from documents.")
    for score in ("doc_match", "web_query"):
        limit = getattr(thresholds, score)
        value = scores[score]
        if value > limit:
            return RouteChoice("rag", f"{score} {value:.2f} is above {limit:.2f}.")
    figures = f"(hard {scores['hard']:.2f}, soft {scores['soft']:.2f})"
    if alpha > thresholds.expert:
        return RouteChoice(
            "expert", f"alpha {alpha:.2f} is above {thresholds.expert:.2f} {figures}."
        )
    if scores["soft"] > thresholds.empathy:
        return RouteChoice(
            "omni", f"soft {scores['soft']:.2f} is above {thresholds.empathy:.2f} {figures}."
        )
    return RouteChoice("tiny", f"No score is above its threshold {figures}.")
