"""Code is mended by models and proved by tools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from agents.developer import CodeFixer, FixResult
from core.errors import InvalidInput, ModelUnavailable
from core.model_pool import ModelPool
from core.sandbox import walls_hold
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests.developer.scripted_models import pool_saying
from tests.environments import NO_OLLAMA

BROKEN = "def doble(x):\n    return 2 * (x\n\n\nprint(doble(21))\n"
FIXED = "def doble(x):\n    return 2 * (x)\n\n\nprint(doble(21))\n"
DIAGNOSIS = "Falta un paréntesis en la línea 2."
EXPLANATION = "Se cierra el paréntesis."
GOOD_ANSWER = f"Aquí está:\n```python\n{FIXED}```\n"
TABLE = {"analyze": "analyst", "fix": "fixer", "document": "writer"}


def saying(answer: str, folder: DataFolder, tmp_path: Path) -> AbstractContextManager[ModelPool]:
    replies = {"analyst": DIAGNOSIS, "fixer": answer, "writer": EXPLANATION}
    return pool_saying(replies, TABLE, folder, tmp_path)


@pytest.fixture
def fixed(folder: DataFolder, tmp_path: Path) -> Iterator[FixResult]:
    with saying(GOOD_ANSWER, folder, tmp_path) as pool:
        yield CodeFixer(pool).fix_code(BROKEN, filename="doble.py")


def test_a_fix_that_passes(fixed: FixResult) -> None:
    assert fixed.success
    assert fixed.fixed_code == FIXED
    assert fixed.diagnosis == DIAGNOSIS
    assert fixed.explanation == EXPLANATION
    assert "-    return 2 * (x\n+    return 2 * (x)\n" in fixed.changes_made
    assert fixed.check == "Passed: Python's compiler."
    assert fixed.confidence == 0.4
    assert fixed.models == {"analyze": "analyst", "fix": "fixer", "document": "writer"}
    assert len(fixed.attempts) == 1
    assert fixed.warnings == ()


@pytest.mark.parametrize(
    ("answer", "objection"),
    [
        ("No sé.", "holds no code"),
        (f"```python\n{BROKEN}```\n", "Nothing but comments"),
        ("```python\nprint(42)\n```\n", "It removes doble"),
        ("```python\ndef doble(x):\n    return 2 * x)\n```\n", "SyntaxError"),
    ],
)
def test_three_tries_and_then_the_truth(
    answer: str, objection: str, folder: DataFolder, tmp_path: Path
) -> None:
    with pool_saying({"all": answer}, dict.fromkeys(TABLE, "all"), folder, tmp_path) as pool:
        result = CodeFixer(pool).fix_code(BROKEN, filename="doble.py")
    assert not result.success
    assert result.fixed_code == BROKEN
    assert (result.changes_made, result.explanation, result.confidence) == ("", "", 0.0)
    assert [objection in attempt.objection for attempt in result.attempts] == [True] * 3


def test_an_answer_that_was_cut_is_no_fix(folder: DataFolder, tmp_path: Path) -> None:
    endless = "```python\n" + "".join(f"x{n} = {n}\n" for n in range(600))
    with saying(endless, folder, tmp_path) as pool:
        result = CodeFixer(pool).fix_code(BROKEN, filename="doble.py")
    assert {attempt.objection for attempt in result.attempts} == {
        "The answer ended before the code did."
    }


def test_line_ends_stay_as_they_are(folder: DataFolder, tmp_path: Path) -> None:
    with saying(GOOD_ANSWER, folder, tmp_path) as pool:
        windows = CodeFixer(pool).fix_code(BROKEN.replace("\n", "\r\n"), filename="d.py")
        open_end = CodeFixer(pool).fix_code(BROKEN.rstrip("\n"), filename="d.py")
    assert windows.fixed_code == FIXED.replace("\n", "\r\n")
    assert open_end.fixed_code == FIXED.rstrip("\n")


def test_a_command_of_the_callers_decides(folder: DataFolder, tmp_path: Path) -> None:
    if not walls_hold():
        pytest.skip("bubblewrap is not installed, or this system does not let it work")
    project = tmp_path / "project"
    project.mkdir()
    (project / "check.py").write_text("import doble\nassert doble.doble(2) == 4\n")
    wrong = FIXED.replace("2 *", "3 *")
    with saying(GOOD_ANSWER, folder, tmp_path) as pool:
        fixer = CodeFixer(pool)
        given = {"filename": "doble.py", "folder": project, "command": "python3 check.py"}
        proved = fixer.fix_code(wrong, **given)  # type: ignore[arg-type]
        (project / "check.py").write_text("raise SystemExit('never')\n")
        refused = fixer.fix_code(wrong, **given)  # type: ignore[arg-type]
    assert proved.success
    assert proved.confidence == 0.9
    assert proved.check == "Passed: Python's compiler, python3 check.py."
    assert not refused.success
    assert "never" in refused.attempts[0].objection
    assert sorted(each.name for each in project.iterdir()) == ["check.py"]


def test_a_check_that_passed_before_proves_less_and_says_so(
    folder: DataFolder, tmp_path: Path
) -> None:
    with saying(GOOD_ANSWER, folder, tmp_path) as pool:
        wrong = FIXED.replace("2 *", "3 *")
        result = CodeFixer(pool).fix_code(wrong, "da 63 y no 42", filename="doble.py")
    assert result.success
    assert result.confidence == 0.2
    assert result.warnings == ("The check passed before the change too, so it does not prove it.",)


def test_nothing_to_mend(folder: DataFolder, tmp_path: Path) -> None:
    with saying(GOOD_ANSWER, folder, tmp_path) as pool:
        with pytest.raises(InvalidInput, match=r"Nothing to mend is known\. Passed: Python"):
            CodeFixer(pool).fix_code(FIXED, filename="doble.py")
        with pytest.raises(InvalidInput, match="no code"):
            CodeFixer(pool).fix_code(" \n")


def test_a_model_that_fails_is_replaced_and_named(folder: DataFolder, tmp_path: Path) -> None:
    with saying(GOOD_ANSWER, folder, tmp_path) as pool:
        (tmp_path / "analyst.gguf").write_bytes(b"no model")
        result = CodeFixer(pool).fix_code(BROKEN, filename="doble.py")
    assert result.models is not None
    assert result.models["analyze"] != "analyst"
    assert result.success


def test_steps_are_followed(folder: DataFolder, tmp_path: Path) -> None:
    steps: list[str] = []
    with saying(GOOD_ANSWER, folder, tmp_path) as pool:
        CodeFixer(pool).fix_code(BROKEN, filename="doble.py", follow=steps.append)
        assert steps == ["analyze", "fix", "validate", "document"]
        CodeFixer(pool).fix_code(BROKEN, filename="d.py", document=False, follow=steps.append)
    assert steps[4:] == ["analyze", "fix", "validate"]


def test_the_embedded_models_say_that_they_cannot(folder: DataFolder) -> None:
    settings = load_settings(environ={**NO_OLLAMA, "SARAI__RUNTIME__PROFILE": "nano"})
    with (
        closing(ModelPool(settings, folder)) as pool,
        pytest.raises(ModelUnavailable, match="cannot mend code"),
    ):
        CodeFixer(pool).fix_code(BROKEN, filename="doble.py")
