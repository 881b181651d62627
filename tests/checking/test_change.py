"""What is no change, or one that removes the fault with the rest."""

from __future__ import annotations

import pytest

from core.checking import CodeLanguage, why_vacuous

PYTHON = '''def total(prices):
    """Sum."""
    result = 0
    for price in prices:
        result += price
    return result


def mean(prices):
    return total(prices) / len(prices)
'''
C = """#include <stdio.h>

static int twice(int x) {
    return 2 * x;
}

int main(void) {
    printf("%d\\n", twice(21)); // prints
    return 0;
}
"""


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", PYTHON, PYTHON),
        ("python", PYTHON, PYTHON.replace("    result = 0", "    # start\n    result = 0  # at 0")),
        ("python", PYTHON, PYTHON.replace("result += price", "result  +=  (price)")),
        ("c", C, C.replace("// prints", "/* prints\n the number */")),
        ("c", C, C.replace("    return 2", "\treturn   2")),
        ("yaml", "a: 1\n", "a: 1  # one\n\n"),
        (None, "any words", "any  words\n"),
    ],
)
def test_only_comments_and_blanks(language: CodeLanguage | None, before: str, after: str) -> None:
    assert "comments" in why_vacuous(before, after, language)


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", PYTHON, PYTHON.replace("total(prices) /", "sum(prices) /")),
        ("python", "s = 'a # b'\n", "s = 'a # c'\n"),
        ("python", "if x:\n    a()\nb()\n", "if x:\n    a()\n    b()\n"),
        ("c", C, C.replace('"%d\\n"', '"%i // \\n"')),
        ("javascript", 'const u = "http://a"', 'const u = "http://b"'),
        ("json", '{"a": 1,}', '{"a": 1}'),
        ("python", "print('x'\n", "print('x')\n"),
    ],
)
def test_changes(language: CodeLanguage, before: str, after: str) -> None:
    assert why_vacuous(before, after, language) == ""


def test_a_function_that_is_gone_is_named() -> None:
    after = PYTHON.replace("def mean", "def average")
    assert why_vacuous(PYTHON, after, "python") == "It removes mean."
    assert why_vacuous(C, C.replace("twice", "thrice"), "c") == "It removes twice."


def test_half_of_the_code_is_gone() -> None:
    kept = "".join(C.splitlines(keepends=True)[:5])
    assert "lines of code" in why_vacuous(C, kept, "c")
