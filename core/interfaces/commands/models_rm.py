"""`sarai models rm`: downloaded files, deleted."""

from __future__ import annotations

import argparse

from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.presenter import terminal_presenter
from core.pulling.installed import plan_removal, remove
from core.pulling.wanted import all_models, choose
from core.settings import load_settings
from core.storage.folder import open_data_folder
from core.text.sizes import gigabytes


def run(arguments: argparse.Namespace) -> int:
    """Tells what would go and asks; what another model is made of too stays."""
    settings, folder, presenter = load_settings(), open_data_folder(), terminal_presenter()
    models_folder = settings.paths.models or folder.models
    models = choose(arguments.targets, settings)
    named = {model.name for model in models}
    others = [model for model in all_models(settings) if model.name not in named]
    removal = plan_removal(models, others, models_folder)
    for path in removal.kept:
        presenter.note(f"{path} stays: another model is made of it too.")
    if not removal.paths:
        presenter.note("Nothing of it is here.")
        return EXIT_OK
    for path in removal.paths:
        presenter.line(str(path))
    question = f"Delete {gigabytes(removal.size_bytes)}?"
    if not arguments.yes and not consents(question, need="Deleting needs a yes.", option="--yes"):
        presenter.note("Nothing was deleted.")
        return EXIT_FAILED
    remove(removal, models_folder)
    presenter.note(f"Deleted {gigabytes(removal.size_bytes)}.")
    return EXIT_OK
