"""The bandit: bounded, fading, and never moved the wrong way."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.feedback import bandit
from core.feedback.evidence import (
    HALF_LIFE_DAYS,
    MOST_EVIDENCE,
    PRIOR_ANSWERS,
    Beta,
    Evidence,
)
from core.feedback.record import Context
from core.feedback.signals import SCORES, Reward, reward_of
from tests.feedback.turns import CODING

OPTIONS = ("a", "b", "c")
OTHER = Context("writing", "easy", "en")
TOLERANCE = 1e-9

models = st.sampled_from(OPTIONS)
contexts = st.sampled_from((CODING, OTHER))
rewards = st.sampled_from([reward_of(signal) for signal in SCORES])
answers = st.lists(st.tuples(contexts, models, rewards, st.floats(0, 30)), max_size=40)
betas = st.dictionaries(
    models, st.builds(Beta, st.floats(0.2, 100), st.floats(0.2, 100)), min_size=2
)
Answers = list[tuple[Context, str, Reward, float]]


def evidence_of(given_answers: Answers) -> tuple[Evidence, float]:
    """Each answer so many days after the one before it; also the day of the last."""
    evidence, day = Evidence(), 0.0
    for context, model, reward, days_later in given_answers:
        day += days_later
        evidence.add(context, model, reward, day)
    return evidence, day


@given(betas)
def test_shares_are_probabilities(of: dict[str, Beta]) -> None:
    found = bandit.shares(of)
    assert math.isclose(sum(found.values()), 1)
    assert all(0 <= share <= 1 for share in found.values())


def test_shares_are_the_probabilities_of_being_best() -> None:
    assert bandit.shares({"a": Beta(3, 3), "b": Beta(3, 3)})["a"] == pytest.approx(0.5)
    # P(x > y) of Beta(2, 1) and Beta(1, 1) is E[x] = 2/3.
    assert bandit.shares({"a": Beta(2, 1), "b": Beta(1, 1)})["a"] == pytest.approx(2 / 3, abs=1e-3)


@given(answers, st.integers(0, 40), contexts, models)
def test_one_more_good_answer_never_lowers_a_models_share(
    given_answers: Answers, place: int, context: Context, model: str
) -> None:
    place = min(place, len(given_answers))
    better = [*given_answers[:place], (context, model, Reward(1.0, 1.0), 0.0)]
    better += given_answers[place:]
    before, day = evidence_of(given_answers)
    after, _ = evidence_of(better)
    for kind in (CODING, OTHER):
        old = bandit.shares({each: before.beta(kind, each, day) for each in OPTIONS})
        new = bandit.shares({each: after.beta(kind, each, day) for each in OPTIONS})
        assert new[model] >= old[model] - TOLERANCE


@given(answers, st.floats(0, 0.5), st.floats(0, 1000))
def test_influence_is_bounded(given_answers: Answers, explore: float, later: float) -> None:
    evidence, day = evidence_of(given_answers)
    base = bandit.unlearned(OPTIONS, explore)
    found = bandit.learned(evidence, CODING, OPTIONS, day + later, base)
    assert math.isclose(sum(found.values()), 1)
    for model in OPTIONS:
        assert found[model] >= (1 - bandit.MOST_INFLUENCE) * base[model] - TOLERANCE
        assert abs(found[model] - base[model]) <= bandit.MOST_INFLUENCE + TOLERANCE


@given(answers)
def test_evidence_is_bounded_and_fades_to_nothing(given_answers: Answers) -> None:
    evidence, day = evidence_of(given_answers)
    for model in OPTIONS:
        now = evidence.answers(CODING, model, day)
        assert now <= MOST_EVIDENCE + TOLERANCE
        later = evidence.answers(CODING, model, day + HALF_LIFE_DAYS)
        assert later == pytest.approx(now / 2)
        old = evidence.beta(CODING, model, day + 100 * HALF_LIFE_DAYS)
        assert old.good == pytest.approx(old.bad)
        assert old.good + old.bad == pytest.approx(PRIOR_ANSWERS)


@given(answers, rewards)
def test_one_answer_moves_a_belief_by_no_more_than_its_weight_allows(
    given_answers: Answers, reward: Reward
) -> None:
    evidence, day = evidence_of(given_answers)
    before = evidence.beta(CODING, "a", day).mean
    evidence.add(CODING, "a", reward, day)
    # Once by itself, and once more by what is known of the model on the whole.
    assert abs(evidence.beta(CODING, "a", day).mean - before) <= 2 / (PRIOR_ANSWERS + 1)


def test_a_clock_that_runs_backwards_costs_nothing() -> None:
    evidence = Evidence()
    evidence.add(CODING, "a", Reward(1.0, 1.0), 100.0)
    evidence.add(CODING, "a", Reward(1.0, 1.0), 50.0)
    assert evidence.answers(CODING, "a", 10.0) == pytest.approx(2)


def test_what_was_not_taught_decides_nothing() -> None:
    evidence, base = Evidence(), bandit.unlearned(OPTIONS, 0.0)
    assert base == {"a": 1.0, "b": 0.0, "c": 0.0}
    for _ in range(9):
        evidence.add(CODING, "b", Reward(1.0, 1.0), 0.0)
    assert bandit.learned(evidence, CODING, OPTIONS, 0.0, base) == base
    evidence.add(CODING, "b", Reward(1.0, 1.0), 0.0)
    assert bandit.learned(evidence, CODING, OPTIONS, 0.0, base)["b"] > 0.3
    assert bandit.learned(evidence, OTHER, OPTIONS, 0.0, base) == base


def test_a_kind_that_is_new_begins_with_what_is_known_of_the_model() -> None:
    evidence = Evidence()
    for _ in range(30):
        evidence.add(CODING, "a", Reward(0.0, 1.0), 0.0)
        evidence.add(CODING, "b", Reward(1.0, 1.0), 0.0)
    assert evidence.beta(OTHER, "a", 0.0).mean < 0.2
    assert evidence.beta(OTHER, "b", 0.0).mean > 0.8


def test_the_same_seed_draws_the_same_and_all_seeds_by_the_probabilities() -> None:
    probabilities = {"a": 0.7, "b": 0.3, "c": 0.0}
    draws = [bandit.drawn(OPTIONS, probabilities, f"run {n}") for n in range(1000)]
    assert draws[3] == bandit.drawn(OPTIONS, probabilities, "run 3")
    assert draws[3]["default"] == "a"
    counts = Counter(draw["chosen"] for draw in draws)
    assert counts["c"] == 0
    assert counts["b"] / 1000 == pytest.approx(0.3, abs=0.05)
