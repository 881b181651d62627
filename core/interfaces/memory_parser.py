"""The parser of `sarai memory`. Owns its words; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Commands = argparse._SubParsersAction  # has no public name


def add_memory(commands: Commands[P]) -> None:
    """Adds the command."""
    memory = commands.add_parser("memory", help="what is remembered of you")
    memory.add_argument(
        "--user", metavar="NAME", default="", help="of this user_id; without it, your own"
    )
    memory.set_defaults(command_module="memory")
    names = "list|search|remember|forget|export|import|rebuild"
    actions = memory.add_subparsers(dest="action", metavar=names, required=True)
    listing = actions.add_parser("list", help="all of it, the newest first")
    listing.add_argument("--json", action="store_true", help="for programs")
    search = actions.add_parser("search", help="what of it fits some words")
    search.add_argument("words", nargs="+")
    search.add_argument("--json", action="store_true", help="for programs")
    remember = actions.add_parser("remember", help="keep a fact")
    remember.add_argument("words", nargs="+")
    forget = actions.add_parser("forget", help="delete some, so that they do not come back")
    forget.add_argument("words", nargs="+", help="a number, or the very words")
    export = actions.add_parser("export", help="write it to a file, a JSON object a line")
    export.add_argument("file", metavar="FILE", help="that is not there yet; - is standard output")
    imported = actions.add_parser("import", help="bring in what was exported, all or nothing")
    imported.add_argument("file", metavar="FILE", help="- is standard input")
    actions.add_parser("rebuild", help="make its vectors anew from what is kept")
