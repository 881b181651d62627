"""What only shows in a process of its own: imports, pipes, deletion asked on a terminal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from core.storage.folder import DataFolder
from tests.interfaces.conftest import Open
from tests.interfaces.terminal import CTRL_D, ENTER

HEAVY = {
    *("langgraph", "langchain_core", "langsmith", "llama_cpp", "numpy", "PIL", "av"),
    *("pydantic", "rich", "prompt_toolkit", "sqlite3", "core.graph", "core.model_pool"),
}
PROBE = """
import sys
from core.interfaces.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("data", "path")])
def test_what_needs_no_model_imports_nothing_heavy(
    environment: Mapping[str, str], arguments: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout
    assert "core.interfaces.cli" in done.stderr.split()
    assert HEAVY & set(done.stderr.split()) == set()


def test_the_prompt_waits_for_no_model_and_no_graph(environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import core.interfaces.repl, sys; print(*sys.modules)"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    imported = set(done.stdout.split())
    assert "prompt_toolkit" in imported
    assert imported & {"langgraph", "langchain_core", "langsmith", "numpy", "core.graph"} == set()


def test_a_reader_that_goes_away_is_no_error(
    piped: Callable[..., subprocess.Popen[str]],
) -> None:
    with piped() as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdin.write("hola\n")
        program.stdin.flush()
        program.stdout.readline()
        program.stdout.close()
        program.stdin.write("hola\nhola\n")
        program.stdin.close()
        about = program.stderr.read()
        assert program.wait(timeout=30) == 0
    assert "Traceback" not in about
    assert "BrokenPipe" not in about


@pytest.mark.parametrize("answer", [f"n{ENTER}", ENTER, CTRL_D])
def test_deletion_is_asked_for_and_anything_but_yes_is_no(
    on_terminal: Open, home: DataFolder, answer: str
) -> None:
    with on_terminal("data", "delete") as terminal:
        terminal.expect("[y/N] ")
        terminal.press(answer)
        terminal.expect("Nothing was deleted.")
        assert terminal.wait() == 1
    assert home.root.exists()
