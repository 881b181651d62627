"""`sarai data`: where everything is kept, a copy of it, or an end to it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.errors import InvalidInput
from core.storage.backup import backup, delete
from core.storage.folder import DataFolder, data_root, open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Deleting asks first, and only a terminal can answer."""
    if arguments.action == "path":
        print(data_root())
        return 0
    folder = open_data_folder()
    if arguments.action == "backup":
        print(backup(folder, Path(arguments.target)))
        return 0
    return _delete(folder, arguments)


def _delete(folder: DataFolder, arguments: argparse.Namespace) -> int:
    if not arguments.yes and not _confirmed(folder):
        print("Nothing was deleted.")
        return 1
    for left in delete(folder, include_models=arguments.models):
        print(f"left: {left}")
    return 0


def _confirmed(folder: DataFolder) -> bool:
    if not sys.stdin.isatty():
        raise InvalidInput("Deleting needs a yes.", key="--yes", hint="Add --yes to mean it.")
    answer = input(f"Delete conversations, logs and media in {folder.root}? [y/N] ")
    return answer.strip().lower() in {"y", "yes", "s", "sí", "si"}
