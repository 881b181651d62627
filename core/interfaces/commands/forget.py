"""`sarai forget`: an end to what was learned of the user, or to what is remembered."""

from __future__ import annotations

import argparse

from core.feedback.forgetting import forget_feedback
from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.opened_memory import opened_memory
from core.storage.answers import open_answers
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder

KEPT = "Conversations that you named are kept; `sarai data delete` deletes everything."
WHAT = {
    "feedback": "how all answers were received, and what was learned",
    "memory": "everything that is remembered, of everybody",
    "answers": "the answers that are kept to be given again",
}


def run(arguments: argparse.Namespace) -> int:
    """It asks first, and only a terminal can answer."""
    folder = open_data_folder()
    what = next(name for name in WHAT if getattr(arguments, name))
    if not arguments.yes and not _confirmed(WHAT[what], folder):
        print("Nothing was deleted.")
        return EXIT_FAILED
    for line in _FORGET[what](folder):
        print(line)
    return EXIT_OK


def _confirmed(what: str, folder: DataFolder) -> bool:
    question = f"Delete {what}, in {folder.root}?"
    return consents(question, need="Deleting needs a yes.", option="--yes")


def _feedback(folder: DataFolder) -> list[str]:
    forgotten = forget_feedback(Database(folder.database), folder.feedback_log)
    lines = [f"Deleted: {forgotten.turns} turns, their judgements and what was learned of them."]
    if forgotten.learning:
        lines.append("Learning was on and is off now.")
    if forgotten.earlier_log:
        lines.append(f"Deleted: {folder.feedback_log}, the log of earlier versions.")
    return [*lines, KEPT]


def _memory(folder: DataFolder) -> list[str]:
    with opened_memory(folder) as memory:
        deleted = memory.forget_everything()
    return [f"Deleted: {deleted} memories, and what had been forgotten.", KEPT]


def _answers(folder: DataFolder) -> list[str]:
    return [f"Deleted: {open_answers(folder).clear()} answers."]


_FORGET = {"feedback": _feedback, "memory": _memory, "answers": _answers}
