"""The replay: it lets a better policy pass, refuses a worse one, and keeps to its interval."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.feedback.replay import LEAST_COMPARED, MARGIN, Replay, replay
from tests.feedback.turns import always_half, contrary, half_gain, simulated

BETTER = {"default": 0.3, "other": 0.9}
WORSE = {"default": 0.9, "other": 0.3}


def test_learning_converges_to_the_better_model() -> None:
    turns = list(simulated(BETTER, 600, seed=1, learns=True))
    chosen = [turn.model == "other" for turn in turns]
    assert sum(chosen[:20]) / 20 < 0.4
    assert sum(chosen[-200:]) / 200 > 0.7  # 0.82 is the most that its influence allows here


def test_learning_leaves_a_better_default_alone() -> None:
    chosen = [turn.model == "other" for turn in simulated(WORSE, 600, seed=2, learns=True)]
    assert sum(chosen[-200:]) / 200 < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_learning_that_gains_may_be_switched_on(seed: int) -> None:
    shown = replay(simulated(BETTER, 600, seed=seed))
    assert shown.not_worse
    assert shown.gain is not None
    assert shown.gain > 0.1


@pytest.mark.parametrize("seed", range(3))
def test_a_worse_policy_is_refused(seed: int) -> None:
    shown = replay(simulated(WORSE, 600, seed=seed), contrary)
    assert shown.enough
    assert not shown.not_worse


@pytest.mark.parametrize("explore_share", [0.0, 0.1])
def test_a_log_of_learning_itself_can_be_replayed(explore_share: float) -> None:
    turns = simulated(BETTER, 600, seed=3, explore_share=explore_share, learns=True)
    assert replay(turns).not_worse


def test_the_interval_holds_the_true_gain() -> None:
    """In 95 of 100 logs at least: its ends are built to be a little too far out."""
    held = 0
    for seed in range(20):
        shown = replay(simulated(BETTER, 400, seed=seed, complains=1.0), always_half)
        assert shown.low is not None
        assert shown.high is not None
        held += shown.low <= half_gain(0.3, 0.9) <= shown.high
    assert held >= 19


def test_a_log_without_a_choice_tells_nothing() -> None:
    turns = [replace(turn, draw=None) for turn in simulated(BETTER, 200, seed=4)]
    assert replay(turns) == Replay(judged=200, free=0, compared=0)
    assert not replay(turns).not_worse
    assert not replay([]).enough


def test_a_turn_that_another_model_had_to_answer_is_not_compared() -> None:
    turns = [replace(turn, model="third") for turn in simulated(BETTER, 200, seed=5)]
    assert replay(turns).free == 0


def test_turns_that_nobody_judged_are_left_out() -> None:
    turns = [replace(turn, signal=None) for turn in simulated(BETTER, 200, seed=6)]
    assert replay(turns).judged == 0


@pytest.mark.parametrize(
    ("compared", "low", "allowed"),
    [
        (LEAST_COMPARED, -MARGIN, True),
        (LEAST_COMPARED, -MARGIN - 0.001, False),
        (LEAST_COMPARED - 1, 0.2, False),
    ],
)
def test_enough_turns_and_a_lower_end_above_the_margin(
    compared: int, low: float, allowed: bool
) -> None:
    shown = Replay(compared, compared, compared, default=0.5, gain=0.3, low=low, high=0.4)
    assert shown.not_worse is allowed
