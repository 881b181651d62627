"""`sarai` without a command: a conversation, or each line of standard input."""

from __future__ import annotations

import argparse
import sys

from core.interfaces.standard_input import from_terminal, input_lines


def run(arguments: argparse.Namespace) -> int:
    """With a terminal the conversation, without one a line at a time."""
    thread: str | None = getattr(arguments, "thread", None)
    if from_terminal() and sys.stdout.isatty():
        from core.interfaces.repl import converse  # noqa: PLC0415  prompt_toolkit is not free

        return converse(thread)
    from core.interfaces.lines import answer_lines  # noqa: PLC0415

    return answer_lines(input_lines(), thread=thread)
