"""`sarai learn`: what learning would have done, and its switch."""

from __future__ import annotations

import argparse

from core.feedback.learning import Learning
from core.feedback.log import FeedbackLog
from core.feedback.replay import replay
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.feedback_views import learning_line, replay_lines
from core.interfaces.presenter import Presenter, terminal_presenter
from core.storage.database import Database
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """It is switched on only after a replay of the log has shown that it is not worse."""
    database, presenter = Database(open_data_folder().database), terminal_presenter()
    log = FeedbackLog(database)
    learning = Learning(database, log)
    if arguments.off:
        was_on = learning.switch_off()
        presenter.line("Learning is off now." if was_on else "Learning was off already.")
        return EXIT_OK
    return _replayed(log, learning, presenter, only_look=arguments.dry_run)


def _replayed(
    log: FeedbackLog, learning: Learning, presenter: Presenter, *, only_look: bool
) -> int:
    shown = replay(log.turns())
    for line in replay_lines(shown):
        presenter.line(line)
    if not only_look and shown.not_worse:
        learning.switch_on(shown)
    elif not only_look:
        presenter.line("It was not switched on.")
    presenter.line(learning_line(learning.switched_on()))
    return EXIT_OK if only_look or shown.not_worse else EXIT_FAILED
