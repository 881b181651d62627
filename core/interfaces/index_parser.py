"""The parser of `sarai index`. Owns its words; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Commands = argparse._SubParsersAction  # has no public name

EXAMPLES = """\
examples:
  sarai index ~/Documents 'notes/**/*.md'   index these, or bring them up to date
  sarai index                               bring everything up to date
  sarai index ~/Documents --watch           keep it up to date until Ctrl-C
  sarai index status                        what is indexed
  sarai index rm ~/Documents/old            forget it; the files themselves stay
  sarai index rebuild                       make the vector store anew from what is kept
  sarai index migrate --to URL              put the vectors on a Qdrant server, none made anew

A folder that is called like one of these words is written ./status."""


def add_index(commands: Commands[P]) -> None:
    """Adds the command."""
    index = commands.add_parser(
        "index",
        help="your documents, to answer from them",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    index.add_argument(
        "words",
        nargs="*",
        metavar="PATH",
        help="files, folders and patterns; or status, rm PATH..., rebuild or migrate",
    )
    index.add_argument(
        "--watch", action="store_true", help="go on, and keep it up to date until Ctrl-C"
    )
    index.add_argument("--to", metavar="URL", help="of migrate: the Qdrant server")
    index.add_argument("--json", action="store_true", help="of status: for programs")
    index.set_defaults(command_module="index")
