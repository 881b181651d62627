"""Three ways to guess from past uses who is wanted next."""

from __future__ import annotations

import math

import pytest

from core.model_pool.scheduling.usage import HALF_LIVES_S, AtHand, Guess, Lately, Returns


@pytest.mark.parametrize("guess", [AtHand(), Returns()])
def test_models_that_were_never_used_are_alike(guess: Guess) -> None:
    assert guess.rates(["a", "b"], 5.0) == {"a": 1.0, "b": 1.0}


def test_a_model_never_used_is_not_expected_by_what_was_lately() -> None:
    assert Lately().rates(["a"], 5.0) == {"a": 0.0}


def test_at_hand_is_the_last_of_those_that_are_asked_about() -> None:
    guess = AtHand()
    for name in ("a", "b", "a", "c"):
        guess.used(name, 0.0)
    rates = guess.rates(["a", "b", "c"], 0.0)
    assert rates["c"] > 100 * max(rates["a"], rates["b"])
    rates = guess.rates(["a", "b"], 0.0)
    assert rates["a"] > 100 * rates["b"]


def test_two_that_take_turns_do_not_come_back_and_one_from_another_task_does() -> None:
    guess = AtHand()
    for name in ("a", "b", "a", "b", "a", "b", "c", "d", "b", "d", "e"):
        guess.used(name, 0.0)
    rates = guess.rates(["a", "b", "c", "d", "e"], 0.0)
    assert rates["a"] < rates["c"] < rates["d"] < rates["b"]  # once long ago, ..., twice


def test_repeated_uses_are_one_return() -> None:
    guess = Returns()
    for name in ("a", "a", "a", "b", "a", "b", "b"):
        guess.used(name, 0.0)
    assert guess.rates(["a", "b", "c"], 0.0) == {"a": 3.0, "b": 3.0, "c": 1.0}


def test_the_count_of_the_short_half_life_goes_and_that_of_the_long_one_stays() -> None:
    short_s, long_s = HALF_LIVES_S
    guess = Lately()
    guess.used("a", 0.0)
    assert guess.rates(["a"], 0.0)["a"] == pytest.approx(math.log(2) * (1 / short_s + 1 / long_s))
    assert guess.rates(["a"], long_s)["a"] == pytest.approx(math.log(2) / long_s / 2)


def test_a_steady_rate_is_found_by_both_half_lives() -> None:
    guess = Lately()
    for step in range(40_000):
        guess.used("a", step / 2)
    assert guess.rates(["a"], 20_000.0)["a"] == pytest.approx(2 * 2.0, rel=0.08)


def test_the_newest_is_likelier_at_once_and_the_frequent_one_in_the_long_run() -> None:
    guess = Lately()
    for second in range(0, 3000, 60):
        guess.used("habit", float(second))
    guess.used("guest", 3000.0)
    for at_s, likelier in ((3001.0, "guest"), (3120.0, "habit")):
        rates = guess.rates(["guest", "habit"], at_s)
        assert max(rates, key=rates.__getitem__) == likelier
