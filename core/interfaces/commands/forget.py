"""`sarai forget`: an end to what was learned of the user."""

from __future__ import annotations

import argparse

from core.feedback.forgetting import Forgotten, forget_feedback
from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.storage.answers import open_answers
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """It asks first, and only a terminal can answer."""
    folder = open_data_folder()
    if arguments.answers:
        return _forget_answers(folder, asked=arguments.yes)
    if not arguments.yes and not _confirmed(folder):
        print("Nothing was deleted.")
        return EXIT_FAILED
    forgotten = forget_feedback(Database(folder.database), folder.feedback_log)
    for line in _told(forgotten, folder):
        print(line)
    return EXIT_OK


def _forget_answers(folder: DataFolder, *, asked: bool) -> int:
    question = f"Delete the answers that are kept to be given again, in {folder.answers}?"
    if not asked and not consents(question, need="Deleting needs a yes.", option="--yes"):
        print("Nothing was deleted.")
        return EXIT_FAILED
    print(f"Deleted: {open_answers(folder).clear()} answers.")
    return EXIT_OK


def _confirmed(folder: DataFolder) -> bool:
    question = f"Delete how all answers were received, and what was learned, in {folder.root}?"
    return consents(question, need="Deleting needs a yes.", option="--yes")


def _told(forgotten: Forgotten, folder: DataFolder) -> list[str]:
    lines = [f"Deleted: {forgotten.turns} turns, their judgements and what was learned of them."]
    if forgotten.learning:
        lines.append("Learning was on and is off now.")
    if forgotten.earlier_log:
        lines.append(f"Deleted: {folder.feedback_log}, the log of earlier versions.")
    lines.append("Conversations that you named are kept; `sarai data delete` deletes everything.")
    return lines
