"""How a turn looks: words, then what is said about them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from core.errors import Cancelled
from core.events import Event, Final, Restarted, Token
from core.graph import SARAiOrchestrator
from core.interfaces.presenter import Presenter, footer
from core.model_pool import PoolEvent
from core.state import State


def nothing_to_hear(listener: Callable[[PoolEvent], None]) -> Callable[[], None]:
    """A pool in which nothing happens."""
    return lambda: None


class Shown:
    """A presenter, and what it wrote."""

    def __init__(self, width: int = 200) -> None:
        self.answers, self.notes = io.StringIO(), io.StringIO()
        self.presenter = Presenter(
            Console(file=self.answers, width=width), Console(file=self.notes, width=width)
        )

    def turn(self, *events: Event, absent: Callable[[str], str | None] = lambda _: None) -> None:
        self.presenter.show(iter(events), absent, nothing_to_hear)


@pytest.fixture(scope="module")
def answered(orchestrator: SARAiOrchestrator) -> State:
    """The final state of a turn that a fallback answered."""
    return orchestrator.invoke("hola")


def test_what_a_model_says_cannot_move_the_cursor() -> None:
    shown = Shown()
    shown.turn(Token("uno\x1b[2Jdos\x9b1A\ttres\r\n"), Token("cuatro"))
    assert shown.answers.getvalue() == "uno[2Jdos1A\ttres\ncuatro\n"


def test_an_answer_that_starts_over_begins_on_a_new_line() -> None:
    shown = Shown()
    shown.turn(Token("uno"), Restarted("it died"), Token("dos"))
    assert shown.answers.getvalue() == "uno\ndos\n"
    assert shown.notes.getvalue() == "starting over: it died\n"


def test_an_answer_that_breaks_off_ends_its_line() -> None:
    def broken() -> Iterator[Event]:
        yield Token("uno")
        raise Cancelled("stopped")

    shown = Shown()
    with pytest.raises(Cancelled):
        shown.presenter.show(broken(), lambda _: None, nothing_to_hear)
    assert shown.answers.getvalue() == "uno\n"


def test_a_missing_model_is_told_once_and_shortly(answered: State) -> None:
    (reason,) = answered["warnings"]
    assert reason.startswith("self_test_tiny answered instead: lfm2_1_2b is not installed")
    why = reason.partition(": ")[2]
    shown = Shown()
    shown.turn(Final(answered), absent={"lfm2_1_2b": why}.get)
    first = shown.notes.getvalue()
    assert first.startswith("! not available: lfm2_1_2b (sarai models --verbose says why)\n")
    shown.turn(Final(answered), absent={"lfm2_1_2b": why}.get)
    assert "!" not in shown.notes.getvalue().removeprefix(first)


def test_a_model_that_failed_otherwise_is_told_in_full_every_time(answered: State) -> None:
    shown = Shown()
    for _ in range(2):
        shown.turn(Final(answered))
    assert shown.notes.getvalue().count(f"! {answered['warnings'][0]}\n") == 2


def test_the_footer_is_one_line_where_it_fits(answered: State) -> None:
    (line,) = footer(answered, 120)
    about, reason = footer(answered, 80)
    assert line == f"{about} · {reason}"
    assert max(len(about), len(reason)) <= 80
    assert list(footer(answered, None)) == [line]


def test_words_that_come_with_no_answer_are_not_lost(answered: State) -> None:
    heard: State = {**answered, "transcript": "buenos días", "audio_output": "/tmp/r.wav"}
    shown = Shown()
    shown.turn(Final(heard))
    assert "heard: buenos días\nspoken: /tmp/r.wav\n" in shown.notes.getvalue()
