"""Answers to the lines of a stream: SARAi in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from core.errors import SARAiError
from core.interfaces.answering import answer_turn, was_stopped
from core.interfaces.attachments import parse_line
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK
from core.interfaces.opening import opened_assistant
from core.interfaces.presenter import Presenter, terminal_presenter

if TYPE_CHECKING:
    from core.graph import SARAiOrchestrator


def answer_lines(lines: Iterable[str], *, thread: str | None) -> int:
    """Answer each line, all as one conversation, kept only when it has a name.

    Returns: EXIT_FAILED when a line could not be answered (those after it still are);
        EXIT_INTERRUPTED when one was stopped, which ends it all.
    """
    presenter = terminal_presenter()
    thread_id = thread or f"lines-{uuid4().hex}"
    with opened_assistant(preload=True) as assistant:
        try:
            return _answer_all(lines, thread_id, assistant, presenter)
        finally:
            if thread is None:
                assistant.forget(thread_id)


def _answer_all(
    lines: Iterable[str], thread_id: str, assistant: SARAiOrchestrator, presenter: Presenter
) -> int:
    code = EXIT_OK
    for line in lines:
        try:
            turn: dict[str, Any] = {**parse_line(line), "thread_id": thread_id}
            if was_stopped(answer_turn(assistant, turn, presenter)):
                return EXIT_INTERRUPTED
        except SARAiError as error:
            print(f"sarai: {error}", file=sys.stderr)
            code = EXIT_FAILED
    return code
