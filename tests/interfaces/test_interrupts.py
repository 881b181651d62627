"""Ctrl-C stops the answer and not the program, and keeps what was said."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping

import pytest

from core.storage.folder import DataFolder
from tests.interfaces.conftest import SARAI
from tests.interfaces.terminal import CTRL_C, ENTER, Terminal

PROMPT = "›"
SOME_WORDS = 20  # characters of the answer; no name of a node is as long


@pytest.fixture(scope="module")
def ramble(
    environment: Mapping[str, str], rambling: Mapping[str, str], home: DataFolder
) -> Iterator[Terminal]:
    variables = {**environment, "SARAI_HOME": str(home.root), **rambling}
    with Terminal(SARAI, variables) as terminal:
        terminal.expect("everyday: rambler")
        terminal.expect(PROMPT)
        yield terminal


def stopped_after_some_words(terminal: Terminal) -> str:
    """Ask, and press Ctrl-C in the midst of the answer; all that is shown of it."""
    terminal.press(f"hola{ENTER}")
    answer = terminal.expect_match(rf"[!-~]{{{SOME_WORDS}}}")
    terminal.press(CTRL_C)
    return answer + terminal.expect(f"\n{PROMPT}")


def tokens(shown: str) -> tuple[int, int]:
    found = re.search(r"· (\d+)\+(\d+) tokens", shown)
    assert found is not None, shown
    return int(found[1]), int(found[2])


def test_what_was_said_is_kept_and_the_prompt_comes_back(ramble: Terminal) -> None:
    shown = stopped_after_some_words(ramble)
    prompted, said = tokens(shown)
    assert "The answer was stopped on request." in shown
    assert "^C" not in shown
    assert 0 < said < 2000
    # The next turn reads the partial answer back.
    prompted_then, _ = tokens(stopped_after_some_words(ramble))
    assert prompted_then > prompted + said


def test_while_it_starts_ctrl_c_leads_back_to_the_prompt(
    environment: Mapping[str, str], home: DataFolder
) -> None:
    variables = {**environment, "SARAI_HOME": str(home.root)}
    with Terminal(SARAI, variables) as terminal:
        terminal.expect(PROMPT)
        terminal.press(f"hola{ENTER}")
        terminal.expect("starting…")
        terminal.press(CTRL_C)
        terminal.expect(PROMPT)
        terminal.press(f"/exit{ENTER}")
        assert terminal.wait() == 0


@pytest.mark.parametrize("arguments", [("ask", "hola"), ()])
def test_without_a_terminal_it_ends_the_program(
    piped: Callable[..., subprocess.Popen[str]],
    rambling: Mapping[str, str],
    arguments: tuple[str, ...],
) -> None:
    with piped(*arguments, **rambling) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write("hola\nhola\n")
        program.stdin.flush()
        begun = program.stdout.read(SOME_WORDS)
        program.send_signal(signal.SIGINT)
        answer, about = program.communicate(timeout=30)
    assert program.returncode == 130
    assert len(begun) == SOME_WORDS
    assert about.count("The answer was stopped on request.") == 1
    assert len(answer) < 2000
