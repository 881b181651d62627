"""The conversation, as a person has it on a terminal."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from core.storage.folder import DataFolder
from tests.interfaces.conftest import SARAI, Open
from tests.interfaces.terminal import (
    ALT_ENTER,
    CTRL_C,
    CTRL_D,
    ENTER,
    TAB,
    UP,
    Terminal,
    pasted,
)

PROMPT = "›"
TINY = "self-test reply: the tiny model is running"


@pytest.fixture(scope="module")
def talk(environment: Mapping[str, str], home: DataFolder, samples: Path) -> Iterator[Terminal]:
    """One conversation for the tests of this file; each leaves it at the prompt."""
    variables = {**environment, "SARAI_HOME": str(home.root)}
    with Terminal(SARAI, variables, folder=samples) as terminal:
        terminal.expect("/help lists the commands")
        terminal.expect("expert: self_test_expert (no solar_ollama)")
        terminal.expect(PROMPT)
        yield terminal


def say(talk: Terminal, words: str) -> str:
    """Type an entry; all that is shown until the next prompt."""
    talk.press(words + ENTER)
    talk.expect(words)
    return talk.expect(f"\n{PROMPT}")


def prompt_tokens(shown: str) -> int:
    found = re.search(r"· (\d+)\+\d+ tokens", shown)
    assert found is not None, shown
    return int(found[1])


def test_an_answer_and_who_gave_it(talk: Terminal) -> None:
    shown = say(talk, "hola")
    assert TINY in shown
    assert "tiny · self_test_tiny · " in shown
    assert "No score is above its threshold" in shown


def test_missing_models_were_told_at_the_start_and_are_not_told_again(talk: Terminal) -> None:
    say(talk, "hola")
    say(talk, "¿Cómo configuro SSH en Ubuntu?")
    assert "! " not in talk.shown
    assert "not installed" not in talk.shown


def test_a_turn_knows_those_before_it_until_clear(talk: Terminal) -> None:
    say(talk, "/clear")
    first, second = say(talk, "hola"), say(talk, "hola")
    assert prompt_tokens(second) > prompt_tokens(first)
    assert "forgotten" in say(talk, "/clear")
    assert prompt_tokens(say(talk, "hola")) == prompt_tokens(first)


def test_alt_enter_begins_a_new_line(talk: Terminal, home: DataFolder) -> None:
    talk.press(f"uno{ALT_ENTER}dos{ENTER}")
    talk.expect(TINY)
    talk.expect(f"\n{PROMPT}")
    assert home.prompt_history.read_text(encoding="utf-8").endswith("\n+uno\n+dos\n")


def test_pasted_lines_are_one_entry(talk: Terminal, home: DataFolder) -> None:
    talk.press(pasted("primera línea\nsegunda") + ENTER)
    talk.expect(TINY)
    talk.expect(f"\n{PROMPT}")
    assert home.prompt_history.read_text(encoding="utf-8").endswith("\n+primera línea\n+segunda\n")


def test_the_arrow_brings_back_what_was_typed(talk: Terminal) -> None:
    say(talk, "cuéntame un secreto")
    talk.press(UP)
    talk.expect("cuéntame un secreto")
    talk.press(ENTER)
    talk.expect(TINY)
    talk.expect(f"\n{PROMPT}")


def test_commands_are_completed(talk: Terminal) -> None:
    talk.press(f"/mo{TAB}{ENTER}")
    assert "self_test_vision" in talk.expect(f"\n{PROMPT}")


def test_files_are_completed_inside_a_sentence_and_attached(talk: Terminal) -> None:
    talk.press(f"¿qué hay en @re{TAB}p{TAB}? dime{ENTER}")
    talk.expect("the picture reached me")
    assert "vision · self_test_vision" in talk.expect(f"\n{PROMPT}")


def test_a_file_dropped_on_the_terminal_is_attached(talk: Terminal, samples: Path) -> None:
    for dropped in (f"'{samples}/blue.png'", f"{samples}/blue.png"):
        assert "the picture reached me" in say(talk, f"{dropped} ¿qué es?")


def test_a_recording_is_answered_and_what_was_heard_is_told(talk: Terminal) -> None:
    assert "heard: self-test reply" in say(talk, "@low.wav")


def test_status_shows_the_budget_and_who_is_loaded(talk: Terminal) -> None:
    say(talk, "hola")
    shown = say(talk, "/status")
    assert "MiB reserved" in shown
    assert re.search(r"self_test_tiny +ready +\d+ MiB +\d+ MiB +permanent", shown)
    assert "not installed" not in shown


def test_models_says_what_is_installed(talk: Terminal) -> None:
    shown = say(talk, "/models")
    assert re.search(r"tiny +self_test_tiny +(loaded|on disk) +[\d.]+ MB", shown)
    assert "lfm2_1_2b is not pulled; in its place: self_test_tiny for tiny and rag." in shown


def test_why_says_that_nobody_had_to_leave(talk: Terminal) -> None:
    assert "No model had to leave for another yet." in say(talk, "/why")


def test_graph_and_last_draw_the_flow(talk: Terminal) -> None:
    assert "start ──▶ detect_input_type" in say(talk, "/graph")
    say(talk, "hola")
    last = say(talk, "/last")
    assert "[start] ━━▶ [detect_input_type" in last
    assert re.search(r"├──▶ \(omni\)", last)
    assert re.search(r"└━━▶ \[tiny [\d.]+ ms\]", last)
    assert "self_test_tiny, instead of lfm2_1_2b" in last


def test_last_has_nothing_to_show_after_clear(talk: Terminal) -> None:
    say(talk, "/clear")
    assert "Nothing was answered yet." in say(talk, "/last")


def test_help_names_every_command(talk: Terminal) -> None:
    shown = say(talk, "/help")
    for name in (
        "/help",
        "/models",
        "/status",
        "/why",
        "/graph",
        "/last",
        "/clear",
        "/exit",
        "Ctrl-C",
    ):
        assert name in shown


@pytest.mark.parametrize(
    ("entry", "answer"),
    [
        ("/modls", "There is no command /modls. Did you mean /models?"),
        ("/zzzz", "/help lists the commands."),
        ("@nada.jpg", "There is no file nada.jpg."),
        ("@low.wav @high.wav", "One file of this kind at a time"),
    ],
)
def test_a_mistake_is_told_and_the_conversation_goes_on(
    talk: Terminal, entry: str, answer: str
) -> None:
    assert answer in say(talk, entry)


def test_a_file_that_is_no_picture_fails_alone(talk: Terminal, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_text("not a picture")
    assert "not a picture" in say(talk, f"@{tmp_path}/broken.png")
    assert TINY in say(talk, "hola")


def test_ctrl_c_at_the_prompt_discards_the_entry(talk: Terminal) -> None:
    talk.press(f"borra esto{CTRL_C}")
    talk.expect("Ctrl-D or /exit leaves.")
    talk.expect(PROMPT)
    assert TINY in say(talk, "hola")


def kept_checkpoints(home: DataFolder) -> int:
    with closing(sqlite3.connect(home.checkpoints)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM checkpoints").fetchone()
    return int(count)


def test_exit_leaves_and_keeps_nothing_of_a_conversation_without_a_name(
    on_terminal: Open, home: DataFolder
) -> None:
    before = kept_checkpoints(home)
    with on_terminal() as terminal:
        terminal.expect(PROMPT)
        terminal.press(f"hola{ENTER}")
        terminal.expect(TINY)
        terminal.expect(f"\n{PROMPT}")
        assert kept_checkpoints(home) > before
        terminal.press(f"/exit{ENTER}")
        assert terminal.wait() == 0
    assert kept_checkpoints(home) == before


def test_ctrl_d_leaves_even_while_it_starts(on_terminal: Open) -> None:
    with on_terminal() as terminal:
        terminal.expect(PROMPT)
        terminal.press(CTRL_D)
        assert terminal.wait() == 0


def test_a_broken_configuration_is_told_before_anything_is_asked(
    on_terminal: Open, tmp_path: Path
) -> None:
    broken = tmp_path / "sarai.yaml"
    broken.write_text("runtime:\n  budget_mb: lots\n")
    with on_terminal(SARAI_CONFIG=str(broken)) as terminal:
        terminal.expect("sarai.yaml:2: runtime.budget_mb must be a whole number")
        assert terminal.wait() == 2
    assert PROMPT not in terminal.shown
