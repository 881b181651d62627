"""The whole decision, and what would have changed it."""

from core.routing.classifier import Classifier
from core.routing.control_plane import weigh
from core.routing.decision import decide
from core.routing.route import CARE, Thresholds, choose_route
from core.state import Scores

CLASSIFIER = Classifier.load()


def test_each_alternative_is_the_nearest_that_leads_elsewhere() -> None:
    decision = decide("¿Cómo configuro SSH en Ubuntu?", CLASSIFIER, Thresholds())
    assert decision.choice.route == "expert"
    assert {other.score for other in decision.alternatives} >= {"hard", "web_query", "doc_match"}
    for other in decision.alternatives:
        changed: Scores = {**decision.scores, other.score: other.value}  # type: ignore[misc]
        route = choose_route(changed, weigh(changed).alpha).route
        assert route == other.route != decision.choice.route


def test_the_words_that_turned_it() -> None:
    text = "hola, capital de Francia"
    decision = decide(text, CLASSIFIER, Thresholds())
    for word, route in decision.turning_words:
        shorter = " ".join(part for part in text.split() if part != word)
        assert decide(shorter, CLASSIFIER, Thresholds()).choice.route == route


def test_documents_outrank_everything_else() -> None:
    decision = decide("hola", CLASSIFIER, Thresholds(), doc_match=lambda _: 0.9)
    assert decision.choice.route == "rag"
    assert decision.skill is None


def test_a_loaded_expert_gets_what_asks_for_nothing_known() -> None:
    text = "asdfghjkl"
    found = CLASSIFIER.classify(text)
    low = Thresholds(out_of_scope=found.out_of_scope - 0.01)
    at_hand = decide(text, CLASSIFIER, low, expert_is_loaded=lambda: True)
    away = decide(text, CLASSIFIER, low, expert_is_loaded=lambda: False)
    assert (at_hand.choice.route, away.choice.route) == ("expert", "tiny")
    assert at_hand.choice.undecided
    assert away.choice.undecided


def test_care_comes_before_every_score_and_only_the_words_of_danger_turn_it() -> None:
    text = "what is the latest way, danger"
    decision = decide(
        text, CLASSIFIER, Thresholds(), doc_match=lambda _: 0.9, in_danger=lambda t: "danger" in t
    )
    assert decision.choice == CARE
    assert decision.alternatives == ()
    assert decision.turning_words == (("danger", "rag"),)


def test_what_a_program_put_around_the_words_is_nobodys_danger() -> None:
    text = "hola\n<document>danger</document>"
    decision = decide(text, CLASSIFIER, Thresholds(), in_danger=lambda said: "danger" in said)
    assert decision.choice.route == "tiny"
