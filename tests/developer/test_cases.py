"""Every case fails its real check as it is, for the reason it tells, and passes once repaired."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher, ndiff
from itertools import combinations
from pathlib import Path

import pytest

from tests.developer.case_runs import run_case
from tests.developer.cases import Case, load_cases
from tests.developer.esp32_board import is_gnu_compiler

CASES = load_cases()
MOST_ALIKE = 0.7
"""Of the words and signs of two programs, so many in the same order: their language's own."""
COMPILERS = {"arduino": "g++", "c": "gcc"}


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    compiler = COMPILERS.get(found.language)
    if compiler is not None and not is_gnu_compiler(compiler):
        pytest.skip(f"GNU's {compiler} is not installed")
    return found


def test_it_fails_as_it_is_and_passes_once_repaired(case: Case, tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()

    broken = run_case(case, case.before, tmp_path / "before")
    repaired = run_case(case, case.after, tmp_path / "after")

    assert not broken.passed
    assert case.message in broken.output
    assert repaired.passed, repaired.output
    assert "warning:" not in repaired.output


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_its_files_tell_one_small_bug(case: Case) -> None:
    before, after = case.before.splitlines(), case.after.splitlines()
    changed = [line for line in ndiff(before, after) if line.startswith(("+", "-"))]
    assert 0 < len(changed) <= 12
    assert 12 <= len(after) <= 60
    assert case.message in case.error
    assert len(case.error) < 4000
    assert not any(place in case.error for place in ("/tmp", "/root", "/home"))
    assert (case.check == "test") == any(case.folder.glob("test.*"))


def test_there_are_enough_of_each_language() -> None:
    held_out = Counter(case.language for case in CASES if case.held_out)
    shown = Counter(case.language for case in CASES if not case.held_out)
    assert shown == {"arduino": 7}
    assert held_out["python"] >= 12
    assert held_out["c"] >= 12
    assert held_out["arduino"] >= 10
    assert len({case.title for case in CASES}) == len(CASES)


def test_no_case_is_another_one_in_disguise() -> None:
    words = {case: re.findall(r"\w+|[^\w\s]", case.before) for case in CASES}
    for one, other in combinations(CASES, 2):
        if one.language == other.language:
            compared = SequenceMatcher(None, words[one], words[other], autojunk=False)
            assert compared.ratio() < MOST_ALIKE, f"{one.name} and {other.name}"
