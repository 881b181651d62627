"""`sarai` without a command: a conversation, or each line of standard input."""

from __future__ import annotations

import argparse
import sys


def run(arguments: argparse.Namespace) -> int:
    """With a terminal the REPL, without one a line at a time."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        from core.interfaces.repl import converse  # noqa: PLC0415  prompt_toolkit is not free

        return converse()
    from core.interfaces.lines import answer_lines  # noqa: PLC0415

    return answer_lines(sys.stdin)
