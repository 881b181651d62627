"""`sarai ask`: one question, one answer."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import InvalidInput
from core.interfaces.answering import answer_turn, interrupt_cancels, was_stopped
from core.interfaces.attachments import joined, parse_line
from core.interfaces.exit_codes import EXIT_INTERRUPTED, EXIT_OK
from core.interfaces.opening import opened_assistant
from core.interfaces.presenter import terminal_presenter
from core.interfaces.standard_input import from_terminal, input_text

if TYPE_CHECKING:
    from core.graph import SARAiOrchestrator
    from core.state import State

STANDARD_INPUT = "-"


def run(arguments: argparse.Namespace) -> int:
    """Answer the words given, or all of standard input."""
    turn = _turn(arguments)
    with opened_assistant() as assistant:
        if arguments.json:
            state: State | None = _print_state(assistant, turn)
        else:
            state = answer_turn(assistant, turn, terminal_presenter())
    return EXIT_INTERRUPTED if was_stopped(state) else EXIT_OK


def _turn(arguments: argparse.Namespace) -> dict[str, Any]:
    words: list[str] = arguments.words
    if not words and not from_terminal():
        words = [STANDARD_INPUT]
    line = joined([input_text() if word == STANDARD_INPUT else word for word in words])
    if not line.strip():
        raise InvalidInput("There is no question.", key="words", hint='Try: sarai ask "hola"')
    turn = parse_line(line)
    if arguments.anew:
        turn["preferences"] = {"cache": False}
    if "thread" in arguments:
        turn["thread_id"] = arguments.thread
    return turn


def _print_state(assistant: SARAiOrchestrator, turn: Mapping[str, Any]) -> State:
    with interrupt_cancels() as cancel:
        state = assistant.invoke(turn, cancel=cancel)
    print(json.dumps(state, ensure_ascii=False, indent=2))
    return state
