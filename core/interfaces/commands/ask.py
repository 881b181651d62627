"""`sarai ask`: one question, one answer."""

from __future__ import annotations

import argparse
import json
import sys

from core.errors import InvalidInput
from core.graph import SARAiOrchestrator
from core.interfaces.answering import answer_turn
from core.interfaces.attachments import parse_line
from core.interfaces.presenter import terminal_presenter
from core.interfaces.start_line import start_line


def run(arguments: argparse.Namespace) -> int:
    """Answer the words given, or all of standard input."""
    words = " ".join(arguments.words) or ("" if sys.stdin.isatty() else sys.stdin.read().strip())
    if not words:
        raise InvalidInput("There is no question.", key="words", hint='Try: sarai ask "hola"')
    turn = parse_line(words)
    if arguments.thread:
        turn["thread_id"] = arguments.thread
    with SARAiOrchestrator() as orchestrator:
        if arguments.json:
            print(json.dumps(orchestrator.invoke(turn), ensure_ascii=False, indent=2))
            return 0
        presenter = terminal_presenter()
        presenter.note(start_line(orchestrator.services))
        answer_turn(orchestrator, turn, presenter)
    return 0
