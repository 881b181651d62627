"""Every rule of the control plane, at and beside its borders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.routing.control_plane import weigh
from core.state import Scores


def scores(hard: float, soft: float) -> Scores:
    return {"hard": hard, "soft": soft, "web_query": 0.0, "doc_match": 0.0}


@pytest.mark.parametrize(
    ("hard", "soft", "alpha"),
    [
        (0.81, 0.29, 0.95),
        (0.80, 0.29, 0.85),  # not above .8
        (0.81, 0.30, 0.85),  # not below .3
        (1.00, 0.00, 0.95),
        (0.39, 0.71, 0.20),
        (0.40, 0.71, 0.60),
        (0.39, 0.70, 0.60),
        (0.00, 1.00, 0.20),
        (0.61, 0.49, 0.85),
        (0.60, 0.49, 0.50),  # not above .6, but both in the middle
        (0.60, 0.39, 0.60),
        (0.61, 0.50, 0.50),
        (0.69, 0.69, 0.50),
        (0.70, 0.69, 0.60),
        (0.69, 0.70, 0.60),
        (0.41, 0.41, 0.50),
        (0.40, 0.41, 0.60),
        (0.41, 0.40, 0.60),
        (0.90, 0.90, 0.60),
        (0.00, 0.00, 0.60),
    ],
)
def test_rules(hard: float, soft: float, alpha: float) -> None:
    weights = weigh(scores(hard, soft))
    assert weights.alpha == alpha
    assert weights.beta == pytest.approx(1.0 - alpha)
    assert weights.rule


unit = st.floats(0, 1)


@given(hard=unit, soft=unit)
def test_the_empathic_threshold_and_the_expert_never_both_hold_when_hard_is_low(
    hard: float, soft: float
) -> None:
    weights = weigh(scores(hard, soft))
    assert weights.alpha + weights.beta == pytest.approx(1.0)
    if weights.alpha > 0.7:
        assert soft < 0.5
