"""The command line: `sarai`. Owns the parser and the last word on errors; nothing heavy.

Each command lives in `core.interfaces.commands` and is imported when it is used, so that
`sarai --help` answers at once.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from core.errors import ConfigError, InvalidInput, SARAiError
from core.interfaces.exit_codes import EXIT_BAD_INPUT, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK
from core.interfaces.feedback_parser import add_feedback
from core.interfaces.index_parser import add_index
from core.interfaces.memory_parser import add_memory
from core.interfaces.models_parser import add_models
from core.interfaces.run_parser import add_run

HEALTH = "--health"
MADE_BEFORE_A_COLLECTION = 50_000

DESCRIPTION = """\
A local multimodal assistant: text, images, video and voice, in Spanish and English.
Without a command it opens a conversation; without a terminal it answers each line of
standard input."""

EXAMPLES = """\
examples:
  sarai                                    open a conversation
  sarai ask "¿Qué se ve aquí? @foto.jpg"   answer once
  sarai ask "Resume:" - < notas.txt        with the words of a file
  echo "hola" | sarai                      answer each line of standard input
  sarai index ~/Documents                  answer from these documents from now on
  sarai graph --ascii --last               the way the last answer took"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _never_fail_to_print()
    # What is imported stays: to look for garbage in it 300 times is a tenth of a start.
    gc.set_threshold(MADE_BEFORE_A_COLLECTION)
    try:
        arguments = build_parser().parse_args(_spelled_out(argv))
        module = importlib.import_module(f"core.interfaces.commands.{arguments.command_module}")
        code = int(module.run(arguments))
        sys.stdout.flush()
    except SARAiError as error:
        print(f"sarai: {error}", file=sys.stderr)
        bad_input = isinstance(error, InvalidInput | ConfigError)
        return EXIT_BAD_INPUT if bad_input else EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) went away; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    return code


def _spelled_out(argv: Sequence[str] | None) -> Sequence[str]:
    """`sarai --health` is `sarai doctor`."""
    words = sys.argv[1:] if argv is None else argv
    return ["doctor", *words[1:]] if words and words[0] == HEALTH else words


def _never_fail_to_print() -> None:
    """A sign that the terminal's encoding lacks becomes `?`, not a lost answer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


class _Parser(argparse.ArgumentParser):
    """Says in two lines what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {message}\nTry: {self.prog} --help\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog="sarai",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version")
    _add_thread(parser)
    parser.set_defaults(command_module="chat")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_ask(commands)
    add_run(commands)
    _add_why(commands)
    _add_fix(commands)
    _add_graph(commands)
    _add_config(commands)
    add_models(commands)
    add_index(commands)
    add_memory(commands)
    _add_pool(commands)
    add_feedback(commands)
    _add_data(commands)
    _add_doctor(commands)
    return parser


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[_Parser]  # has no public name


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: importlib.metadata costs 20 ms."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            print(f"sarai {version('sarai')}")
        except PackageNotFoundError:
            print("sarai, run from its source and not installed")
        parser.exit()


def _add_thread(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--thread",
        metavar="NAME",
        default=argparse.SUPPRESS,  # else the command's default would undo what stood before it
        help="go on with the conversation of this name",
    )


def _add_ask(commands: Commands) -> None:
    ask = commands.add_parser("ask", help="answer once and exit")
    ask.add_argument(
        "words",
        nargs="*",
        help="the question; @file attaches a picture, a video or a recording; - is standard input",
    )
    ask.add_argument("--json", action="store_true", help="print the whole final state")
    ask.add_argument("--anew", action="store_true", help="give no answer of earlier again")
    _add_thread(ask)
    ask.set_defaults(command_module="ask")


def _add_why(commands: Commands) -> None:
    why = commands.add_parser("why", help="who would answer a text, and why")
    why.add_argument("words", nargs="+", help="the text")
    why.set_defaults(command_module="why")


def _add_fix(commands: Commands) -> None:
    fix = commands.add_parser("fix", help="mend a file of code, and prove it")
    fix.add_argument("file", metavar="FILE")
    error = fix.add_mutually_exclusive_group()
    error.add_argument("--error", metavar="TEXT", default="", help="what is said to be wrong")
    error.add_argument(
        "--error-file", metavar="F", help="the same from a file; - is standard input"
    )
    fix.add_argument(
        "--command", metavar="CMD", default="", help='a check of your own, such as "make test"'
    )
    fix.add_argument("--folder", metavar="DIR", help="the project that CMD is run in a copy of")
    fix.add_argument("--language", metavar="NAME", help="of the code; else by its name")
    fix.add_argument("--strategy", metavar="NAME", help="whose table names the models")
    fix.add_argument("--yes", action="store_true", help="write the fix without asking")
    fix.add_argument("--json", action="store_true", help="for programs; writes only with --yes")
    fix.set_defaults(command_module="fix")


def _add_graph(commands: Commands) -> None:
    graph = commands.add_parser("graph", help="draw the flow (Mermaid)")
    graph.add_argument("--ascii", action="store_true", help="as text instead")
    which = graph.add_mutually_exclusive_group()
    which.add_argument("--last", action="store_true", help="mark the way of the last answer")
    which.add_argument("--agent", metavar="NAME", help="the phases of an agent instead")
    graph.set_defaults(command_module="graph")


def _add_config(commands: Commands) -> None:
    config = commands.add_parser("config", help="the configuration in use")
    config.add_argument(
        "action", choices=["show"], nargs="?", help="print it, and where it comes from"
    )
    config.set_defaults(command_module="config")


def _add_pool(commands: Commands) -> None:
    pool = commands.add_parser("pool", help="what the memory of models was used for")
    actions = pool.add_subparsers(metavar="replay", required=True)
    replay = actions.add_parser(
        "replay", help="what recorded requests would have cost with other policies and budgets"
    )
    replay.add_argument("trace", metavar="TRACE", help="a file that runtime.pool_trace named")
    replay.add_argument(
        "--budget-mb",
        metavar="N",
        type=int,
        nargs="+",
        action="extend",
        default=[],
        help="other values of runtime.budget_mb to try",
    )
    replay.add_argument("--json", action="store_true", help="for programs")
    replay.set_defaults(command_module="pool_replay")


def _add_data(commands: Commands) -> None:
    data = commands.add_parser("data", help="what SARAi keeps on this machine")
    data.set_defaults(command_module="data")
    actions = data.add_subparsers(dest="action", metavar="path|backup|delete", required=True)
    actions.add_parser("path", help="print the data folder")
    backup = actions.add_parser("backup", help="copy it into one archive")
    backup.add_argument("target", help="the archive to write, ending in .tar.gz")
    delete = actions.add_parser("delete", help="delete it")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    delete.add_argument("--models", action="store_true", help="downloaded models too")


def _add_doctor(commands: Commands) -> None:
    doctor = commands.add_parser(
        "doctor", help=f"what is wrong here, and what mends it (also: sarai {HEALTH})"
    )
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.set_defaults(command_module="doctor")


if __name__ == "__main__":
    sys.exit(main())
