"""Every case fails its real check as it is, for the reason it tells, and passes once repaired."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.developer.case_runs import run_case
from tests.developer.cases import Case, load_cases
from tests.developer.esp32_board import is_gnu_compiler

CASES = load_cases()
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
    changed = Counter(before) - Counter(after) + (Counter(after) - Counter(before))
    assert 0 < changed.total() <= 12
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
    assert len({case.title for case in CASES}) == len(CASES)
