"""`sarai models select`: which model suits a task best, and why not the others."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from core.feedback.log import FeedbackLog
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.presenter import terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.selection_table import choice_lines, selection_table
from core.model_pool import ModelPool
from core.outcomes import outcomes_of
from core.profiles import with_what_is_here
from core.routing.selection import ModelSelector, Wishes
from core.routing.selection.pooled import selector_for
from core.settings import Settings, load_settings
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded for this."""
    settings, folder, presenter = load_settings(), open_data_folder(), terminal_presenter()
    with program_log(folder):
        selection = _selector(arguments, settings, folder).select(
            arguments.task,
            strategy=arguments.strategy,
            wishes=Wishes(speed=arguments.speed, quality=arguments.quality),
        )
    if arguments.json:
        presenter.line(json.dumps(asdict(selection), ensure_ascii=False, indent=2))
        return EXIT_OK
    presenter.render(selection_table(selection))
    presenter.line("")
    for line in choice_lines(selection):
        presenter.line(line)
    return EXIT_OK


def _selector(
    arguments: argparse.Namespace, settings: Settings, folder: DataFolder
) -> ModelSelector:
    if arguments.catalogue:
        return ModelSelector(settings=settings)
    outcomes = outcomes_of(FeedbackLog(Database(folder.database)))
    return selector_for(ModelPool(with_what_is_here(settings, folder), folder), outcomes)
