"""The order of memories: weights, neighbours, and facts that are no longer true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory.ranking import NEIGHBOUR_WEIGHT, ranked, with_neighbours, with_successors
from core.memory.record import Remembered
from tests.memory.conftest import NOON


def turn(number: int, *, days: float = 0.0, difficulty: float | None = None) -> Remembered:
    said_at = NOON - timedelta(days=days)
    return Remembered("turn", str(number), said_at, difficulty=difficulty, id=number)


def scores_of(*memories: Remembered, difficulty: float | None = None) -> dict[int, float]:
    records = {each.id: each for each in memories}
    return dict(ranked(dict.fromkeys(records, 1.0), records, now=NOON, difficulty=difficulty))


def test_the_weights_are_those_of_the_seed() -> None:
    scores = scores_of(turn(1, difficulty=0.4), turn(2, days=30, difficulty=0.9), difficulty=0.4)
    assert scores[1] == pytest.approx(0.7 + 0.2 + 0.1)
    assert scores[2] == pytest.approx(0.7 + 0.2 * 0.36788 + 0.1 * 0.5, abs=1e-4)


def test_a_difficulty_that_is_not_known_counts_half() -> None:
    assert scores_of(turn(1), difficulty=0.4)[1] == pytest.approx(0.95)
    assert scores_of(turn(1, difficulty=0.4))[1] == pytest.approx(0.95)


def test_what_was_said_beside_a_good_turn_comes_in_behind_it() -> None:
    found = with_neighbours({2: 4.0, 9: 1.0}, {2: [1, 3], 9: []})
    assert found == {2: 1.0, 1: NEIGHBOUR_WEIGHT, 3: NEIGHBOUR_WEIGHT, 9: 0.25}


def test_two_neighbours_that_fit_lift_one_another() -> None:
    found = with_neighbours({1: 1.0, 2: 1.0, 5: 1.2}, {1: [2], 2: [1], 5: []})
    assert found[1] == found[2] == 1.0
    assert found[5] == pytest.approx(1.2 / 1.5)


@given(
    st.dictionaries(st.integers(1, 20), st.floats(0.01, 100), min_size=1),
    st.data(),
)
def test_similarities_are_shares_of_the_best(scores: dict[int, float], data: st.DataObject) -> None:
    near = {each: data.draw(st.lists(st.integers(1, 20), max_size=2)) for each in scores}
    found = with_neighbours(scores, near)
    assert max(found.values()) == pytest.approx(1.0)
    assert all(0 < share <= 1 for share in found.values())
    assert found.keys() >= scores.keys()


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 400), st.floats(0, 400)), min_size=2, max_size=8
    )
)
def test_no_outdated_fact_stands_above_what_took_its_place(
    told: list[tuple[float, float, float]],
) -> None:
    """Whatever they resemble and whenever they were said."""
    began = sorted((days for _, _, days in told), reverse=True)
    chain = [
        Remembered(
            "fact",
            str(number),
            NOON - timedelta(days=said),
            valid_from=NOON - timedelta(days=began[number]),
            valid_until=NOON - timedelta(days=began[number + 1])
            if number + 1 < len(told)
            else None,
            id=number,
            superseded_by=number + 1 if number + 1 < len(told) else None,
        )
        for number, (_, said, _) in enumerate(told)
    ]
    records = {each.id: each for each in chain}
    likeness = with_successors({n: share for n, (share, _, _) in enumerate(told)}, records)
    order = [each for each, _ in ranked(likeness, records, now=NOON)]
    assert order == sorted(order, reverse=True)
