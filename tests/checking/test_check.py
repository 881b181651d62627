"""Each language's tool finds the fault and lets the right code pass."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.checking import CodeFile, CodeLanguage, Project, check
from core.checking.tools import TOOLS
from core.sandbox import Limits, walls_hold
from tests.developer.cases import Case, load_cases

RIGHT: dict[CodeLanguage, str] = {
    "python": "def f(x):\n    return x\n",
    "c": '#include <stdio.h>\nint main(void) { printf("%d", 1); return 0; }\n',
    "cpp": "#include <vector>\nint main() { std::vector<int> v{1}; return v[0]; }\n",
    "javascript": "const f = (x) => x;\n",
    "json": '{"a": [1, 2]}\n',
    "yaml": "a: [1, 2]\n---\nb: 1\n",
    "shell": 'if [ "$1" = a ]; then echo b; fi\n',
    "sqlite": "SELECT a FROM nowhere;\nCREATE TABLE t (x); SELECT ';';\n",
}
WRONG: list[tuple[CodeLanguage, str, str]] = [
    ("python", "def f(x):\n    return (x\n", "line 2"),
    ("python", "return 1\n", "'return' outside function"),
    ("python", "x = 1\x00\n", "null bytes"),
    ("c", "int main(void) { return undeclared; }\n", "undeclared"),
    ("c", "int main(void) { puts(1); }\n", "implicit declaration"),
    ("c", '#include <stdio.h>\nint main(void) { printf("%s", 1); }\n', "format"),
    ("cpp", "int main() { std::string s; }\n", "string"),
    ("cpp", "int f() { }\nint main() { return f(); }\n", "no return"),
    ("javascript", "const f = (x => x;\n", "SyntaxError"),
    ("json", "{a: 1}\n", "double quotes"),
    ("yaml", "a: [1, 2\nb: 1\n", "expected"),
    ("shell", "if true; then echo b\n", "unexpected end of file"),
    ("sqlite", "SELECT 1;\nSELECT FROM;\n", 'near "FROM": syntax error'),
]


SKETCHES = [
    case for case in load_cases() if case.name in ("esp32_missing_semicolon", "esp32_blocking_loop")
]
"""One that the compiler refuses and one that the board does; tests/developer has the others."""


def needs(language: CodeLanguage) -> None:
    if not TOOLS[language].installed:
        pytest.skip(f"{TOOLS[language].program} is not installed")


@pytest.mark.parametrize("language", RIGHT)
def test_right_code_passes(language: CodeLanguage) -> None:
    needs(language)
    verdict = check(CodeFile(RIGHT[language], language))
    assert verdict.passed, verdict.complaint()
    assert verdict.strength == TOOLS[language].proves
    assert verdict.told() == f"Passed: {TOOLS[language].name}."
    assert verdict.complaint() == ""


@pytest.mark.parametrize(("language", "code", "said"), WRONG)
def test_wrong_code_does_not(language: CodeLanguage, code: str, said: str) -> None:
    needs(language)
    verdict = check(CodeFile(code, language))
    assert not verdict.passed
    assert verdict.strength == "none"
    assert said in verdict.complaint()
    assert "does not pass" in verdict.told()


def test_code_of_no_known_language_is_not_said_to_pass() -> None:
    verdict = check(CodeFile("MOVE A TO B.", None, "old.cob"))
    assert not verdict.passed
    assert verdict.told() == "Nothing could be checked. Its language is not known."


def test_a_compiler_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    verdict = check(CodeFile(RIGHT["javascript"], "javascript"))
    assert not verdict.passed
    assert verdict.missing == ("node is not installed, which checks javascript.",)


def test_headers_of_the_project_are_found(tmp_path: Path) -> None:
    needs("c")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "twice.h").write_text("int twice(int x);\n")
    code = '#include "twice.h"\nint f(void) { return twice(2); }\n'
    assert check(CodeFile(code, "c", "src/f.c"), Project(tmp_path)).passed
    alone = check(CodeFile(code, "c", "src/f.c"))
    assert not alone.passed
    assert alone.told() == "Nothing could be checked. twice.h is not here, so gcc cannot tell."


def test_a_sketch_with_a_library_that_the_board_lacks_is_not_called_broken() -> None:
    needs("cpp")
    verdict = check(CodeFile("#include <FastLED.h>\nvoid setup() {}\nvoid loop() {}\n", "arduino"))
    assert not verdict.passed
    assert verdict.missing[0] == "The simulated board has no FastLED.h, so it cannot tell."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A module, and a test of it that fails."""
    if not walls_hold():
        pytest.skip("bubblewrap is not installed, or this system does not let it work")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "sums.py").write_text("def add(a, b):\n    return a - b\n")
    (tmp_path / "check.py").write_text("from app.sums import add\nassert add(2, 3) == 5\n")
    return tmp_path


def test_the_callers_command_runs_with_the_changed_file(project: Path) -> None:
    within = Project(project, "python3 check.py")
    wrong = CodeFile((project / "app" / "sums.py").read_text(), "python", "app/sums.py")
    right = CodeFile("def add(a, b):\n    return a + b\n", "python", "app/sums.py")
    assert "AssertionError" in check(wrong, within).complaint()
    verdict = check(right, within)
    assert verdict.passed
    assert verdict.strength == "ran"
    assert verdict.told() == "Passed: Python's compiler, python3 check.py."
    assert (project / "app" / "sums.py").read_text() == wrong.code


def test_the_first_check_that_fails_is_the_last(project: Path) -> None:
    verdict = check(
        CodeFile("def add(a, b)\n", "python", "app/sums.py"), Project(project, "touch ran")
    )
    assert len(verdict.runs) == 1


def test_a_command_that_never_ends_is_stopped(project: Path) -> None:
    code = CodeFile("while True:\n    pass\n", "python", "app/sums.py")
    verdict = check(code, Project(project, "python3 app/sums.py", limits=Limits(wall_s=1)))
    assert "took too long" in verdict.complaint()


def test_every_language_has_a_sample() -> None:
    assert set(RIGHT) == set(TOOLS)
    assert shutil.which("sh")


@pytest.mark.parametrize("case", SKETCHES, ids=lambda case: case.name)
def test_sketches_are_run_on_the_board(case: Case) -> None:
    needs("cpp")
    if not walls_hold():
        pytest.skip("bubblewrap is not installed, or this system does not let it work")
    broken = check(CodeFile(case.before, "arduino", case.file))
    assert not broken.passed
    assert case.message in broken.complaint()
    mended = check(CodeFile(case.after, "arduino", case.file))
    assert mended.passed, mended.complaint()
    assert mended.strength == "ran"
