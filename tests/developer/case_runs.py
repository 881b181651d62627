"""Runs the check of a case on a program: the real compiler or interpreter, in its own folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core.checking.arduino.sketch import to_cpp
from tests.developer.cases import Case
from tests.developer.esp32_board import FORTIFIED, sketch_command

STEP_TIMEOUT_S = 60
C_FLAGS = ("-std=gnu11", "-Wall", "-Wextra", "-g", "-O1", *FORTIFIED)
SANITIZER = ("-fsanitize=undefined", "-fno-sanitize-recover=undefined")


@dataclass(frozen=True)
class CaseRun:
    """Whether the check passed, and what a person would paste of its output."""

    passed: bool
    output: str


def run_case(case: Case, code: str, folder: Path) -> CaseRun:
    """The check of `case` on `code`, in the empty `folder`; stops at the first failing step."""
    (folder / case.file).write_text(code, encoding="utf-8")
    if case.language == "arduino":
        (folder / f"{case.file}.cpp").write_text(to_cpp(code, case.file), encoding="utf-8")
    for test in case.folder.glob("test.*"):
        shutil.copy(test, folder)
    output = ""
    for command in steps(case):
        done = subprocess.run(
            command,
            cwd=folder,
            input=case.stdin,
            env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
            capture_output=True,
            text=True,
            timeout=STEP_TIMEOUT_S,
        )
        output += _shorten(done.stdout + done.stderr, folder)
        if done.returncode < 0:
            output += f"{signal.strsignal(-done.returncode)}\n"
        if done.returncode != 0:
            return CaseRun(passed=False, output=output)
    if not _prints_what_it_must(case, done.stdout):
        expected = case.prints if case.stdout is None else case.stdout
        return CaseRun(passed=False, output=f"expected:\n{expected}printed:\n{done.stdout}")
    return CaseRun(passed=True, output=output)


def _prints_what_it_must(case: Case, printed: str) -> bool:
    if case.stdout is not None:
        return printed == case.stdout
    return case.prints in printed


def _shorten(output: str, folder: Path) -> str:
    return output.replace(f"{folder}/", "").replace(sys.base_prefix, "/usr")


def steps(case: Case, python: str = sys.executable) -> list[list[str]]:
    """The commands of a check, the last of which is the one whose output is compared."""
    if case.language == "python":
        interpreter = [python, *case.args]
        return {
            "compile": [[*interpreter, "-m", "compileall", "-q", case.file]],
            "run": [[*interpreter, case.file]],
            "test": [[*interpreter, "test.py"]],
        }[case.check]
    sources = [case.file, "test.c"] if case.check == "test" else [case.file]
    if case.language == "arduino":
        compiled = [*sketch_command(f"{case.file}.cpp", "program"), *case.args]
    else:
        compiled = ["gcc", *C_FLAGS, *SANITIZER, *case.args, *sources, "-o", "program"]
    return [compiled] if case.check == "compile" else [compiled, ["./program"]]
