"""`sarai models fit`: what each model would take, and whether there is room for it."""

from __future__ import annotations

import argparse
import json
from contextlib import closing

from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.fit_report import fit_report
from core.interfaces.fit_table import explanations, fit_table
from core.interfaces.presenter import terminal_presenter
from core.interfaces.program_log import program_log
from core.model_pool import ModelPool
from core.model_pool.memory.devices import Devices
from core.model_pool.memory.shared_budget import SharedBudget
from core.settings import load_settings
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded for this, and nothing is reserved."""
    settings, folder, presenter = load_settings(), open_data_folder(), terminal_presenter()
    devices = Devices()
    with program_log(folder), closing(SharedBudget(settings, folder, devices=devices)) as budget:
        report = fit_report(ModelPool(settings, folder, devices=devices), budget)
        if arguments.json:
            presenter.line(json.dumps(report.as_data(), ensure_ascii=False, indent=2))
            return EXIT_OK
        presenter.render(fit_table(report))
        presenter.line("")
        for line in explanations(report):
            presenter.line(line)
    return EXIT_OK
