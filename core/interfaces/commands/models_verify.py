"""`sarai models verify`: is each downloaded file still what it should be."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from core.cancellation import Cancellation
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.model_tables import new_table
from core.interfaces.presenter import terminal_presenter
from core.interfaces.program_log import program_log
from core.pulling.installed import GOOD, Checked, verify
from core.pulling.wanted import all_models, choose
from core.settings import load_settings
from core.storage.database import Database
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Without names, of all that is here; fails when one is not whole."""
    settings, folder, presenter = load_settings(), open_data_folder(), terminal_presenter()
    named: Sequence[str] = arguments.targets
    models = choose(named, settings) if named else all_models(settings)
    with program_log(folder), presenter.waiting() as waiting:
        waiting.at("reading")
        found = []
        models_folder = settings.paths.models or folder.models
        for checked in verify(models, models_folder, Database(folder.database), Cancellation()):
            if named or checked.verdict != "missing":
                found.append(checked)
                waiting.at(f"reading, {len(found)} files so far")
    if not found:
        presenter.note("No downloaded model is here. `sarai models pull` gets them.")
        return EXIT_OK
    table = new_table("model", "file", "verdict")
    for checked in found:
        table.add_row(checked.wanted.model, checked.wanted.name, checked.verdict)
    presenter.render(table)
    for line in _details(found):
        presenter.note(line)
    return EXIT_OK if all(checked.verdict in GOOD for checked in found) else EXIT_FAILED


def _details(found: Sequence[Checked]) -> list[str]:
    lines = []
    for checked in found:
        if checked.detail:
            lines.append(f"{checked.path}: {checked.detail}")
        if checked.verdict == "damaged":
            name = checked.wanted.model
            lines.append(f"`sarai models rm {name}` and `sarai models pull {name}` get it anew.")
    return lines
