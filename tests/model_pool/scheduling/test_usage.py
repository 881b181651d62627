"""The expected rate of uses, from when a model was used."""

from __future__ import annotations

import math

import pytest

from core.model_pool.scheduling.usage import Usage


def test_a_model_never_used_is_expected_never() -> None:
    assert Usage().uses_per_s("a", 5.0) == 0


def test_one_use_counts_half_after_each_half_life() -> None:
    usage = Usage((10.0,))
    usage.count("a", 0.0)
    rates = [usage.uses_per_s("a", at_s) for at_s in (0.0, 10.0, 20.0)]
    assert rates == pytest.approx([math.log(2) / 10, math.log(2) / 20, math.log(2) / 40])


def test_a_steady_rate_is_found_by_every_half_life() -> None:
    usage = Usage((50.0, 200.0))
    for second in range(0, 4000, 2):
        usage.count("a", float(second))
    assert usage.uses_per_s("a", 4000.0) == pytest.approx(2 * 0.5, rel=0.02)


def test_the_newest_is_dearest_at_once_and_the_frequent_one_in_the_long_run() -> None:
    usage = Usage()
    for second in range(0, 3000, 60):
        usage.count("habit", float(second))
    usage.count("guest", 3000.0)
    assert usage.uses_per_s("guest", 3001.0) > usage.uses_per_s("habit", 3001.0)
    assert usage.uses_per_s("guest", 3120.0) < usage.uses_per_s("habit", 3120.0)
