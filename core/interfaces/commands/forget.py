"""`sarai forget`: an end to what was learned of the user, or to what is remembered."""

from __future__ import annotations

import argparse

from core.feedback.forgetting import Forgotten, forget_feedback
from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.opened_memory import opened_memory
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder

FEEDBACK = "how all answers were received, and what was learned"
MEMORY = "everything that is remembered, of everybody"


def run(arguments: argparse.Namespace) -> int:
    """It asks first, and only a terminal can answer."""
    folder = open_data_folder()
    what = MEMORY if arguments.memory else FEEDBACK
    if not arguments.yes and not _confirmed(what, folder):
        print("Nothing was deleted.")
        return EXIT_FAILED
    if arguments.memory:
        with opened_memory(folder) as memory:
            print(f"Deleted: {memory.forget_everything()} memories, and what had been forgotten.")
        print("Conversations that you named are kept; `sarai data delete` deletes everything.")
        return EXIT_OK
    forgotten = forget_feedback(Database(folder.database), folder.feedback_log)
    for line in _told(forgotten, folder):
        print(line)
    return EXIT_OK


def _confirmed(what: str, folder: DataFolder) -> bool:
    question = f"Delete {what}, in {folder.root}?"
    return consents(question, need="Deleting needs a yes.", option="--yes")


def _told(forgotten: Forgotten, folder: DataFolder) -> list[str]:
    lines = [f"Deleted: {forgotten.turns} turns, their judgements and what was learned of them."]
    if forgotten.learning:
        lines.append("Learning was on and is off now.")
    if forgotten.earlier_log:
        lines.append(f"Deleted: {folder.feedback_log}, the log of earlier versions.")
    lines.append("Conversations that you named are kept; `sarai data delete` deletes everything.")
    return lines
