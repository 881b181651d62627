"""The command line: `sarai`. Owns the parser and the exit codes, and nothing heavy.

Each command lives in `core.interfaces.commands` and is imported when it is used, so that
`sarai --help` answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import ConfigError, InvalidInput, SARAiError

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130

DESCRIPTION = """\
A local multimodal assistant: text, images, video and voice, in Spanish and English.
Without a command it opens a conversation; without a terminal it answers each line of
standard input."""

EXAMPLES = """\
examples:
  sarai                                      open a conversation
  sarai ask "¿Qué se ve aquí? @foto.jpg"     answer once
  echo "hola" | sarai                        answer each line of standard input
  sarai graph --last                         the way the last answer took"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = build_parser().parse_args(argv)
    module = importlib.import_module(f"core.interfaces.commands.{arguments.command_module}")
    try:
        return int(module.run(arguments))
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


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="sarai",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version")
    parser.set_defaults(command_module="chat")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_ask(commands)
    _add_graph(commands)
    _add_config(commands)
    _add_models(commands)
    _add_data(commands)
    return parser


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # has no public name


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: importlib.metadata costs 20 ms."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        parser.exit(message=f"sarai {version('sarai')}\n")


def _add_ask(commands: Commands) -> None:
    ask = commands.add_parser("ask", help="answer once and exit")
    ask.add_argument("words", nargs="*", help="the question; @file attaches a picture or sound")
    ask.add_argument("--json", action="store_true", help="print the whole final state")
    ask.add_argument("--thread", metavar="NAME", help="remember this conversation")
    ask.set_defaults(command_module="ask")


def _add_graph(commands: Commands) -> None:
    graph = commands.add_parser("graph", help="draw the flow (Mermaid)")
    graph.add_argument("--ascii", action="store_true", help="as text instead")
    graph.add_argument("--last", action="store_true", help="mark the way of the last answer")
    graph.set_defaults(command_module="graph")


def _add_config(commands: Commands) -> None:
    config = commands.add_parser("config", help="the configuration in use")
    config.add_argument("action", choices=["show"], help="print it, and where it comes from")
    config.set_defaults(command_module="config")


def _add_models(commands: Commands) -> None:
    models = commands.add_parser("models", help="the configured models and what is installed")
    models.set_defaults(command_module="models")


def _add_data(commands: Commands) -> None:
    data = commands.add_parser("data", help="what SARAi keeps on this machine")
    actions = data.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("path", help="print the data folder")
    backup = actions.add_parser("backup", help="copy it into one archive")
    backup.add_argument("target", help="the archive to write, ending in .tar.gz")
    delete = actions.add_parser("delete", help="delete it")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    delete.add_argument("--models", action="store_true", help="downloaded models too")
    data.set_defaults(command_module="data")


if __name__ == "__main__":
    sys.exit(main())
