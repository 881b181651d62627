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
        (choose(soft=0.45), "tiny"),
        (choose(soft=0.46), "omni"),
        (choose(hard=0.9, soft=0.9), "omni"),
        (choose(hard=0.9, soft=0.45), "expert"),
        (choose(hard=0.9, soft=0.5), "omni"),
        (choose(hard=0.9, web=0.55), "expert"),
        (choose(hard=0.9, web=0.56), "rag"),
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
    assert choose(soft=0.4, thresholds=Thresholds(empathy=0.3)).route == "omni"
    assert choose(web=0.4, thresholds=Thresholds(web_query=0.3)).route == "rag"
    assert choose(doc=1.0, thresholds=Thresholds(doc_match=1.0)).route == "tiny"


def test_the_reason_is_a_sentence_with_the_figures() -> None:
    assert choose(hard=0.86, soft=0.05).reason == (
        "alpha 0.95 is above 0.70 (hard 0.86, soft 0.05)."
    )
    assert "web_query 0.80 is above 0.55" in choose(web=0.8).reason
    assert "soft 0.90" in choose(soft=0.9).reason
    assert "asked" in choose(given=True).reason


def undecided(hard: float, *, loaded: bool, out_of_scope: float = 0.0, soft: float = 0.0) -> str:
    scores: Scores = {"hard": hard, "soft": soft, "web_query": 0.0, "doc_match": 0.0}
    choice = choose_route(
        scores,
        weigh(scores).alpha,
        out_of_scope=out_of_scope,
        expert_is_loaded=lambda: loaded,
    )
    return f"{choice.route}{' undecided' if choice.undecided else ''}"


@pytest.mark.parametrize("hard", [0.41, 0.5, 0.59])
def test_what_is_too_close_to_tell_goes_to_the_model_at_hand(hard: float) -> None:
    assert undecided(hard, loaded=True) == "expert undecided"
    assert undecided(hard, loaded=False) == "tiny undecided"


def test_what_asks_for_nothing_known_goes_to_the_model_at_hand() -> None:
    assert undecided(0.1, loaded=True, out_of_scope=0.6) == "expert undecided"
    assert undecided(0.95, loaded=False, out_of_scope=0.6) == "tiny undecided"


@pytest.mark.parametrize("loaded", [True, False])
def test_what_the_scores_tell_needs_no_model_at_hand(loaded: bool) -> None:
    assert undecided(0.61, loaded=loaded) == "expert"
    assert undecided(0.39, loaded=loaded) == "tiny"
    assert undecided(0.6, loaded=loaded, soft=0.9) == "omni"


def test_the_reason_of_an_undecided_choice_names_the_doubt() -> None:
    scores: Scores = {"hard": 0.55, "soft": 0.1, "web_query": 0.0, "doc_match": 0.0}
    choice = choose_route(scores, 0.6, expert_is_loaded=lambda: False)
    assert choice.reason == (
        "hard 0.55 is too close to a coin toss to tell; the expert is not loaded "
        "(hard 0.55, soft 0.10)."
    )
