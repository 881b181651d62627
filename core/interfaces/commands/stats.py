"""`sarai stats`: how answers were received."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import timedelta

from core.errors import InvalidInput
from core.feedback.learning import Learning
from core.feedback.log import FeedbackLog
from core.feedback.stats import stats_of
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.feedback_views import stats_lines, stats_table
from core.interfaces.presenter import terminal_presenter
from core.storage.database import Database
from core.storage.folder import open_data_folder

MOST_DAYS = 36_500


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded for this."""
    days: int | None = arguments.days
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"--days is {days}.", key="days", hint=f"Give 1 to {MOST_DAYS}.")
    database, presenter = Database(open_data_folder().database), terminal_presenter()
    log = FeedbackLog(database)
    lines = stats_of(log.turns(since=log.now() - timedelta(days=days) if days else None))
    if arguments.json:
        presenter.line(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2))
        return EXIT_OK
    if not lines:
        presenter.line("No turn is in the log" + (f" of the last {days} days." if days else "."))
        return EXIT_OK
    presenter.render(stats_table(lines))
    presenter.line("")
    for line in stats_lines(lines, Learning(database, log).switched_on()):
        presenter.line(line)
    return EXIT_OK
