"""The code in what a model says."""

from __future__ import annotations

import pytest

from agents.developer.answer_code import code_in


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Here:\n```python\nx = 1\n```\nDone.", "x = 1\n"),
        ("```\na\n```\nand\n```c\nlonger code\n```", "longer code\n"),
        ("~~~\nx = 1\n~~~", "x = 1\n"),
        ("````md\n```\ninside\n```\n````", "```\ninside\n```\n"),
        ("```python\nx = 1\n", None),  # cut off
        ("x = 1", None),
        ("```\n```", None),
        ("", None),
        ("Use `x` or ``y``.", None),
    ],
)
def test_code_in(answer: str, code: str | None) -> None:
    assert code_in(answer) == code
