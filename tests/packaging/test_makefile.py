"""The Makefile's promise: what is asked arrives as it was typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.checkout import make_checkout, make_script

QUESTIONS = [
    "¿Qué día es mañana?",
    'it\'s "quoted"',
    "$HOME costs $5 and $$",
    "$(shell touch hacked) `id` ${PATH}",
    "@file.txt",
    "--help",
    "100% #1; rm -rf / & done",
    "a\\nb \\ c",
    "two\nlines",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose `sarai` tells what reached it, as JSON."""
    root = make_checkout(tmp_path / "my clone")
    told = "import json, sys; print(json.dumps([sys.argv[1:], sys.stdin.read()]))"
    make_script(root / ".venv" / "bin" / "sarai", f"exec '{sys.executable}' -c '{told}' \"$@\"")
    return root


def make(root: Path, *arguments: str, **environment: str) -> tuple[list[str], str]:
    # `true` in Python's place skips the set-up: it is tested elsewhere.
    done = subprocess.run(
        ["make", "run", "PYTHON=true", *arguments],
        cwd=root,
        env={**outside_make(), **environment},
        input="uno\ndos\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    arrived, lines = json.loads(done.stdout)
    return arrived, lines


def outside_make() -> dict[str, str]:
    """The environment without what `make test` puts there for makes below it."""
    inherited = {"ASK", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}
    return {name: value for name, value in os.environ.items() if name not in inherited}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_arrives_as_typed(checkout: Path, question: str) -> None:
    assert make(checkout, f"ASK={question}")[0] == ["ask", "--", question]
    assert make(checkout, ASK=question)[0] == ["ask", "--", question]
    assert not (checkout / "hacked").exists()


def test_without_a_question_standard_input_is_handed_on(checkout: Path) -> None:
    assert make(checkout) == ([], "uno\ndos\n")
    assert make(checkout, "ASK=") == ([], "uno\ndos\n")


def test_bare_make_lists_every_target(checkout: Path) -> None:
    done = subprocess.run(
        ["make"],
        cwd=checkout,
        env=outside_make(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for target in ("setup", "run", "test", "test-slow", "lint", "check", "lock", "clean"):
        assert f"make {target} " in done.stdout
