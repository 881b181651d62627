"""The parser of `sarai stats`, `learn` and `forget`. Owns their words; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import Any, TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Commands = argparse._SubParsersAction  # has no public name


def add_feedback(commands: Commands[P]) -> None:
    """Adds the commands about how answers were received."""
    _add_stats(commands)
    _add_learn(commands)
    _add_forget(commands)


def _add_stats(commands: Commands[Any]) -> None:
    stats = commands.add_parser("stats", help="how answers were received, by task and model")
    stats.add_argument("--days", metavar="N", type=int, help="of the last N days only")
    stats.add_argument("--json", action="store_true", help="for programs")
    stats.set_defaults(command_module="stats")


def _add_learn(commands: Commands[Any]) -> None:
    learn = commands.add_parser(
        "learn", help="let answers that were good decide who answers, if a replay allows it"
    )
    either = learn.add_mutually_exclusive_group()
    either.add_argument("--dry-run", action="store_true", help="only print the replay of your log")
    either.add_argument("--off", action="store_true", help="decide as configured again")
    learn.set_defaults(command_module="learn")


def _add_forget(commands: Commands[Any]) -> None:
    forget = commands.add_parser("forget", help="delete what was learned of you")
    what = forget.add_mutually_exclusive_group(required=True)
    what.add_argument("--feedback", action="store_true", help="how answers were received")
    what.add_argument("--answers", action="store_true", help="answers kept to be given again")
    what.add_argument("--memory", action="store_true", help="everything that is remembered")
    forget.add_argument("--yes", action="store_true", help="do not ask")
    forget.set_defaults(command_module="forget")
