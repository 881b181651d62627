"""`sarai data`: where everything is kept, a copy of it, or an end to it."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.storage.folder import DataFolder, data_root, open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Deleting asks first, and only a terminal can answer."""
    if arguments.action == "path":
        print(data_root())
        return EXIT_OK
    from core.storage.backup import backup  # noqa: PLC0415  SQLite is not free

    folder = open_data_folder()
    if arguments.action == "backup":
        print(backup(folder, Path(arguments.target)))
        return EXIT_OK
    return _delete(folder, arguments)


def _delete(folder: DataFolder, arguments: argparse.Namespace) -> int:
    from core.storage.backup import delete  # noqa: PLC0415

    if not arguments.yes and not _confirmed(folder, models=arguments.models):
        print("Nothing was deleted.")
        return EXIT_FAILED
    left = delete(folder, include_models=arguments.models)
    print(f"Deleted what SARAi kept in {folder.root}")
    for path in left:
        print(f"left: {path}")
    return EXIT_OK


def _confirmed(folder: DataFolder, *, models: bool) -> bool:
    what = "conversations, logs, media" + (" and downloaded models" if models else "")
    question = f"Delete {what} in {folder.root}?"
    return consents(question, need="Deleting needs a yes.", option="--yes")
