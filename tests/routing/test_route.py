import pytest

from core.routing.control_plane import weigh
from core.routing.route import RouteChoice, Thresholds, choose_route
from core.state import Scores


def choose(
    *,
    hard: float = 0.0,
    soft: float = 0.0,
    web: float = 0.0,
    doc: float = 0.0,
    thresholds: Thresholds | None = None,
    given: bool = False,
) -> RouteChoice:
    scores: Scores = {"hard": hard, "soft": soft, "web_query": web, "doc_match": doc}
    return choose_route(
        scores, weigh(scores).alpha, thresholds=thresholds or Thresholds(), documents_given=given
    )


@pytest.mark.parametrize(
    ("choice", "route"),
    [
        (choose(), "tiny"),
        (choose(hard=0.6), "tiny"),
        (choose(hard=0.61), "expert"),
        (choose(soft=0.7), "tiny"),
        (choose(soft=0.71), "omni"),
        (choose(hard=0.9, soft=0.9), "omni"),
        (choose(hard=0.9, soft=0.45), "expert"),
        (choose(hard=0.9, web=0.7), "expert"),
        (choose(hard=0.9, web=0.71), "rag"),
        (choose(hard=0.9, soft=0.1, doc=0.51), "rag"),
        (choose(doc=0.5), "tiny"),
        (choose(given=True), "rag"),
    ],
)
def test_order_and_borders(choice: RouteChoice, route: str) -> None:
    assert choice.route == route


def test_thresholds_are_the_callers() -> None:
    assert choose(hard=0.9, thresholds=Thresholds(expert=0.95)).route == "tiny"
    assert choose(hard=0.9, thresholds=Thresholds(expert=0.94)).route == "expert"
    assert choose(soft=0.5, thresholds=Thresholds(empathy=0.4)).route == "omni"
    assert choose(web=0.5, thresholds=Thresholds(web_query=0.4)).route == "rag"
    assert choose(doc=1.0, thresholds=Thresholds(doc_match=1.0)).route == "tiny"


def test_the_reason_is_a_sentence_with_the_figures() -> None:
    assert choose(hard=0.86, soft=0.05).reason == (
        "alpha 0.95 is above 0.70 (hard 0.86, soft 0.05)."
    )
    assert "web_query 0.80 is above 0.70" in choose(web=0.8).reason
    assert "soft 0.90" in choose(soft=0.9).reason
    assert "asked" in choose(given=True).reason
