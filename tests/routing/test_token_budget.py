import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.routing.heads import TASKS
from core.routing.token_budget import answer_tokens


@pytest.mark.parametrize(
    ("hard", "tokens"), [(0.0, 128), (0.1, 192), (0.2, 256), (0.4, 512), (0.6, 1024), (0.8, 2048)]
)
def test_the_bands_of_difficulty(hard: float, tokens: int) -> None:
    assert answer_tokens(hard, "simple") == round(tokens * 0.8)
    assert answer_tokens(hard, "reasoning") == tokens * 2


def test_the_longest_and_the_hurried() -> None:
    assert answer_tokens(1.0, "reasoning") == 8192
    assert answer_tokens(0.0, "simple", urgency=0.9) == 64


@given(hard=st.floats(0, 1), harder=st.floats(0, 1), task=st.sampled_from(TASKS))
def test_what_is_harder_never_gets_less(hard: float, harder: float, task: str) -> None:
    low, high = sorted((hard, harder))
    assert answer_tokens(low, task) <= answer_tokens(high, task)  # type: ignore[arg-type]
