"""`sarai models`: the configured models, what is installed, and what each would take."""

from __future__ import annotations

import argparse

from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.model_tables import model_details, models_table
from core.interfaces.presenter import terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.who_answers import who_answers
from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded for this."""
    settings, folder, presenter = load_settings(), open_data_folder(), terminal_presenter()
    with program_log(folder):
        pool = ModelPool(settings, folder)
        if arguments.verbose:
            for line in model_details(pool):
                presenter.line(line)
            return EXIT_OK
        presenter.render(models_table(pool))
        presenter.note(who_answers(pool).line)
        presenter.note(f"Files go to {settings.paths.models or folder.models}")
        presenter.note("sarai models --verbose names each file and where to get it.")
    return EXIT_OK
