"""The parser of `sarai run`. Owns its words; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Commands = argparse._SubParsersAction  # has no public name


def add_run(commands: Commands[P]) -> None:
    """Adds the command and its options."""
    run = commands.add_parser("run", help="do a task in phases, each by the model suited to it")
    run.add_argument("words", nargs="*", help="the task; - is standard input")
    what = run.add_mutually_exclusive_group(required=True)
    what.add_argument("--agent", metavar="NAME", help="who does it: coding, database, ...")
    what.add_argument("--resume", metavar="RUN", help="go on with a run that is not done")
    what.add_argument("--unfinished", action="store_true", help="list the runs that are not done")
    what.add_argument("--discard", metavar="RUN", help="forget a run that is not done")
    run.add_argument("--phases", metavar="A,B", help="only these phases")
    run.add_argument(
        "--param",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="more about the task, as in language=python; complexity, speed and creativity "
        "(low, medium, high) also choose among models",
    )
    run.add_argument(
        "--approve",
        metavar="PHASE",
        action="append",
        default=[],
        help="ask before this phase",
    )
    run.add_argument("--fresh", action="store_true", help="give no earlier result of the same task")
    run.add_argument("--json", action="store_true", help="print the whole result")
    run.set_defaults(command_module="run")
