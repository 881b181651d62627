"""Answers to the lines of a stream: SARAi in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from uuid import uuid4

from core.errors import SARAiError
from core.graph import SARAiOrchestrator
from core.interfaces.answering import answer_turn
from core.interfaces.attachments import parse_line
from core.interfaces.presenter import terminal_presenter
from core.interfaces.start_line import start_line


def answer_lines(lines: Iterable[str]) -> int:
    """Answer each line that is not blank, as one conversation.

    Returns: 1 when a line could not be answered, else 0. The lines after it are answered.
    """
    presenter = terminal_presenter()
    thread_id = f"lines-{uuid4().hex}"
    failed = False
    with SARAiOrchestrator() as orchestrator:
        presenter.note(start_line(orchestrator.services))
        for line in filter(None, map(str.strip, lines)):
            try:
                turn = {**parse_line(line), "thread_id": thread_id}
                answer_turn(orchestrator, turn, presenter)
            except SARAiError as error:
                print(f"sarai: {error}", file=sys.stderr)
                failed = True
    return int(failed)
