"""The guesses are believed by what each would have spent on loading."""

from __future__ import annotations

import random

import pytest

from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.expectation import Expectation
from core.model_pool.scheduling.plan import Resident
from core.model_pool.scheduling.rehearsal import KEPT_PER_USE, Rehearsal
from core.model_pool.scheduling.usage import AtHand, Returns

ROOM = Amount(200)
LOAD_S = 4.0


def model(name: str, size_mb: int = 100) -> Resident:
    return Resident(name, size_mb, load_s=LOAD_S)


def test_nobody_is_expected_before_the_first_use() -> None:
    assert Expectation().uses_per_s({"a": 1.0}, 0.0) == {"a": 0.0}


def test_a_use_makes_likelier_what_was_used() -> None:
    expectation = Expectation()
    expectation.used(model("a"), ROOM, 0.0)
    rates = expectation.uses_per_s({"a": LOAD_S, "b": LOAD_S}, 1.0)
    assert rates["a"] > rates["b"] > 0


def test_a_favourite_outlasts_guests_where_favourites_come_back() -> None:
    """Between two uses of `favourite` there are always two guests: recency alone drops it."""
    expectation, guests = Expectation(), [f"guest_{number}" for number in range(6)]
    chance = random.Random(7)
    for turn in range(300):
        name = "favourite" if turn % 3 == 0 else guests[chance.randrange(6)]
        expectation.used(model(name), ROOM, 20.0 * turn)
    last = {"favourite": LOAD_S, "guest_0": LOAD_S, "guest_1": LOAD_S}
    expectation.used(model("guest_0"), ROOM, 6000.0)
    expectation.used(model("guest_1"), ROOM, 6020.0)
    rates = expectation.uses_per_s(last, 6040.0)
    assert rates["favourite"] > max(rates["guest_0"], rates["guest_1"])


def test_the_pair_at_hand_outlasts_a_favourite_of_long_ago_where_pairs_take_turns() -> None:
    expectation = Expectation()
    at_s = 0.0
    for pair in (("a", "b"), ("c", "d"), ("a", "e"), ("b", "d"), ("a", "c"), ("d", "e")) * 4:
        for turn in range(12):
            expectation.used(model(pair[turn % 2]), ROOM, at_s := at_s + 20.0)
    for name in ("a", "b"):  # they come back more often than `f`, which is new
        expectation.used(model(name), ROOM, at_s := at_s + 20.0)
    expectation.used(model("f"), ROOM, at_s := at_s + 20.0)
    rates = expectation.uses_per_s(dict.fromkeys("af", LOAD_S), at_s + 20.0)
    assert rates["f"] > rates["a"]


def test_a_rehearsal_loads_what_its_own_guess_sent_away() -> None:
    """Three models in room for two, in turns: who keeps the one at hand loads at every use."""
    at_hand, returns = Rehearsal(AtHand()), Rehearsal(Returns())
    for turn in range(30):
        for rehearsal in (at_hand, returns):
            rehearsal.used(model("abc"[turn % 3]), ROOM, float(turn))
    every_use = sum(KEPT_PER_USE**age for age in range(30))
    assert at_hand.load_s == pytest.approx(LOAD_S * at_hand.loads)
    assert at_hand.loads == pytest.approx(every_use, rel=0.5)
    assert returns.loads <= at_hand.loads


def test_a_rehearsal_leaves_out_what_would_not_fit_any_more() -> None:
    rehearsal = Rehearsal(Returns())
    rehearsal.used(model("a", 300), ROOM, 0.0)
    assert (rehearsal.load_s, rehearsal.loads) == (0.0, 0.0)


def test_what_was_spent_long_ago_counts_less() -> None:
    rehearsal = Rehearsal(Returns())
    for turn in range(11):
        rehearsal.used(model("a"), ROOM, float(turn))
    assert rehearsal.load_s == pytest.approx(LOAD_S * KEPT_PER_USE**10)
