"""`sarai models`: who serves each role, and what each configured model would take."""

from __future__ import annotations

import argparse
import json
from contextlib import closing

from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.model_tables import model_details
from core.interfaces.presenter import terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.role_choices import role_choices
from core.interfaces.role_table import role_notes, role_table
from core.model_pool import ModelPool
from core.model_pool.memory.shared_budget import SharedBudget
from core.profiles import with_what_is_here
from core.settings import Settings, load_settings
from core.storage.folder import DataFolder, open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded for this."""
    configured, folder, presenter = load_settings(), open_data_folder(), terminal_presenter()
    with program_log(folder):
        settings = with_what_is_here(configured, folder)
        pool = ModelPool(settings, folder)
        if arguments.verbose:
            for line in model_details(pool):
                presenter.line(line)
            return EXIT_OK
        choices = role_choices(pool, _loaded_elsewhere(settings, folder))
        models_folder = settings.paths.models or folder.models
        if arguments.json:
            data = {
                "profile": settings.runtime.profile,
                "models_folder": str(models_folder),
                "roles": [choice.as_data() for choice in choices],
            }
            presenter.line(json.dumps(data, ensure_ascii=False, indent=2))
            return EXIT_OK
        presenter.render(role_table(choices))
        for line in role_notes(choices, settings):
            presenter.note(line)
        presenter.note(f"Files go to {models_folder}")
        presenter.note("sarai models --verbose names each file and where to get it.")
    return EXIT_OK


def _loaded_elsewhere(settings: Settings, folder: DataFolder) -> set[str]:
    """The configured models that Ollama or other SARAi processes hold now."""
    with closing(SharedBudget(settings, folder)) as budget:
        budget.refresh()
        held = {holding.model for holding in budget.view.others}
        return {name for name in settings.models if budget.label(name) in held}
